import { infiniteQueryOptions, queryOptions, skipToken, useQuery } from '@tanstack/react-query'
import { sdk, type JobOut, type JobTypeOut, type ProgressOut } from '@/api'
import { keys } from '@/api/keys'
import { RECENT, type JobPage } from './cache'

const PAGE = 40

/** Jobs whose outputs go to the workspace and that were not dismissed, newest first, by page. */
export const workspaceJobs = infiniteQueryOptions({
  queryKey: keys.workspaceJobs,
  queryFn: ({ pageParam }): Promise<JobPage> =>
    sdk.listJobs({
      query: {
        destination: 'workspace',
        dismissed: false,
        limit: PAGE,
        ...(pageParam ? { cursor: pageParam } : {}),
      },
    }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
})

const list = (status: 'queued' | 'processing') => (): Promise<JobPage> =>
  sdk.listJobs({ query: { status, limit: 100 } })

export const queuedJobs = queryOptions({ queryKey: keys.queuedJobs, queryFn: list('queued') })
export const runningJobs = queryOptions({ queryKey: keys.runningJobs, queryFn: list('processing') })
export const recentJobs = queryOptions({
  queryKey: keys.recentJobs,
  queryFn: (): Promise<JobPage> => sdk.listJobs({ query: { limit: RECENT } }),
})

export const jobTypes = queryOptions({
  queryKey: keys.jobTypes,
  queryFn: async (): Promise<JobTypeOut[]> => (await sdk.listJobTypes()).items,
  staleTime: 60_000,
})

/** What can be chosen instead of written. */
export const controlChoices = queryOptions({
  queryKey: keys.controls,
  queryFn: () => sdk.listControls(),
  staleTime: Infinity,
})

export const oneJob = (id: string) =>
  queryOptions({
    queryKey: keys.job(id),
    queryFn: () => sdk.getJob({ path: { job_id: id } }),
    staleTime: 60_000,
  })

export const negativePrompt = (jobType: string) =>
  queryOptions({
    queryKey: keys.negative(jobType),
    queryFn: () => sdk.getNegativePrompt({ query: { job_type: jobType } }),
    staleTime: 5 * 60_000,
  })

/** How far a job is, live. */
export function useProgress(job: JobOut): ProgressOut {
  const { data } = useQuery<ProgressOut>({ queryKey: keys.progress(job.id), queryFn: skipToken })
  return data ?? job.progress
}

/** Numbers for the foot of the rail. */
export function useActiveCount(): { running: number; waiting: number } {
  const running = useQuery({ ...runningJobs, select: (page) => page.items.length })
  const waiting = useQuery({ ...queuedJobs, select: (page) => page.items.length })
  return { running: running.data ?? 0, waiting: waiting.data ?? 0 }
}
