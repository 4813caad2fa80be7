import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { AssetRef, JobOut, JobProgressData, ProgressOut } from '@/api'
import { keys } from '@/api/keys'

export interface JobPage {
  items: JobOut[]
  next_cursor: string | null
}
export type JobPages = InfiniteData<JobPage, string | null>
type JobList = JobPage | JobPages | undefined

/** How many jobs the list of recent ones keeps. */
export const RECENT = 30

const isPages = (list: NonNullable<JobList>): list is JobPages => 'pages' in list
const isActive = (job: JobOut): boolean => job.status === 'queued' || job.status === 'processing'

function mapPage(page: JobPage, change: (items: JobOut[]) => JobOut[]): JobPage {
  const items = change(page.items)
  return items === page.items ? page : { ...page, items }
}

/** Changes one job of a list; the very same list comes back where it is not in it. */
export function patchList<T extends JobList>(
  list: T,
  id: string,
  change: (job: JobOut) => JobOut,
): T {
  if (!list) return list
  const within = (items: JobOut[]) =>
    items.some((job) => job.id === id) ? items.map((job) => (job.id === id ? change(job) : job)) : items
  if (!isPages(list)) return mapPage(list, within) as T
  const pages = list.pages.map((page) => mapPage(page, within))
  return (pages.every((page, at) => page === list.pages[at]) ? list : { ...list, pages }) as T
}

/** Puts a job into a list, newest first: in its place when it is there, else where its time says. */
export function upsertList<T extends JobList>(list: T, job: JobOut): T {
  if (!list) return list
  const patched = patchList(list, job.id, () => job)
  if (patched !== list) return patched
  if (!isPages(list)) return { ...list, items: inserted(list.items, job) } as T
  const first = list.pages[0]
  if (!first) return list
  const last = list.pages.at(-1)
  const oldest = last?.items.at(-1)
  // It belongs to a page that was not read yet.
  if (last?.next_cursor && oldest && job.created_at < oldest.created_at) return list
  const at = list.pages.findIndex((page) => {
    const end = page.items.at(-1)
    return end !== undefined && end.created_at <= job.created_at
  })
  const wanted = at < 0 ? list.pages.length - 1 : at
  const pages = list.pages.map((page, index) =>
    index === wanted ? { ...page, items: inserted(page.items, job) } : page,
  )
  return { ...list, pages } as T
}

function inserted(items: JobOut[], job: JobOut): JobOut[] {
  const at = items.findIndex((each) => each.created_at <= job.created_at)
  return at < 0 ? [...items, job] : [...items.slice(0, at), job, ...items.slice(at)]
}

function without<T extends JobList>(list: T, id: string): T {
  if (!list || isPages(list)) return list
  return { ...list, items: list.items.filter((job) => job.id !== id) }
}

/** Puts a job that was just read into every list that it belongs to. */
export function storeJob(client: QueryClient, job: JobOut): void {
  client.setQueryData<JobPages>(keys.workspaceJobs, (list) =>
    job.destination === 'workspace' ? upsertList(list, job) : list,
  )
  client.setQueryData<JobPage>(keys.recentJobs, (list) => {
    const next = upsertList(list, job)
    return next && { ...next, items: next.items.slice(0, RECENT) }
  })
  client.setQueryData<JobPage>(keys.queuedJobs, (list) =>
    job.status === 'queued' ? upsertList(list, job) : without(list, job.id),
  )
  client.setQueryData<JobPage>(keys.runningJobs, (list) =>
    job.status === 'processing' ? upsertList(list, job) : without(list, job.id),
  )
  if (isActive(job)) client.setQueryData<ProgressOut>(keys.progress(job.id), job.progress)
  else client.removeQueries({ queryKey: keys.progress(job.id) })
}

export function patchJob(client: QueryClient, id: string, change: (job: JobOut) => JobOut): void {
  client.setQueriesData<JobList>({ queryKey: keys.jobs }, (list) => patchList(list, id, change))
}

export function storeProgress(client: QueryClient, data: JobProgressData): void {
  const { job_id: id, ...progress } = data
  client.setQueryData<ProgressOut>(keys.progress(id), (old) => ({
    ...progress,
    eta_seconds: progress.eta_seconds ?? old?.eta_seconds ?? null,
    preview_url: progress.preview_url ?? old?.preview_url ?? null,
  }))
}

export function patchAsset(
  client: QueryClient,
  jobId: string,
  assetId: string,
  change: (asset: AssetRef) => AssetRef | null,
): void {
  patchJob(client, jobId, (job) => ({
    ...job,
    assets: job.assets.flatMap((asset) => (asset.id === assetId ? (change(asset) ?? []) : asset)),
  }))
}

/** Takes a library asset's mark from whatever staged picture it was kept from. */
export function forgetLibraryAsset(client: QueryClient, libraryId: string): void {
  client.setQueriesData<JobList>({ queryKey: keys.jobs }, (list) => {
    if (!list) return list
    const jobs = isPages(list) ? list.pages.flatMap((page) => page.items) : list.items
    const owner = jobs.find((job) => job.assets.some((a) => a.library_asset_id === libraryId))
    if (!owner) return list
    return patchList(list, owner.id, (job) => ({
      ...job,
      assets: job.assets.map((asset) =>
        asset.library_asset_id === libraryId
          ? { ...asset, saved: false, library_asset_id: null }
          : asset,
      ),
    }))
  })
}
