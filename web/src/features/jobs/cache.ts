import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { AssetRef, JobOut, JobProgressData, ProgressOut } from '@/api'
import { keys } from '@/api/keys'

export interface JobPage {
  items: JobOut[]
  next_cursor: string | null
}
export type JobPages = InfiniteData<JobPage>
type JobList = JobPage | JobPages

/** How many jobs the list of recent ones keeps. */
export const RECENT = 30

const isActive = (job: JobOut): boolean => job.status === 'queued' || job.status === 'processing'

/** The pages of a list, and the list with other pages. */
function pagesOf(list: JobList): JobPage[] {
  return 'pages' in list ? list.pages : [list]
}

function withPages<T extends JobList>(list: T, pages: JobPage[]): T {
  return ('pages' in list ? { ...list, pages } : pages[0]) as T
}

/** Changes one job of a list; the very same list comes back where it is not in it. */
export function patchList<T extends JobList>(
  list: T,
  id: string,
  change: (job: JobOut) => JobOut,
): T {
  const pages = pagesOf(list)
  const at = pages.findIndex((page) => page.items.some((job) => job.id === id))
  const page = pages[at]
  if (!page) return list
  const items = page.items.map((job) => (job.id === id ? change(job) : job))
  return withPages(list, pages.with(at, { ...page, items }))
}

/** Puts a job into a list, newest first: in its place when it is there, else where its time says. */
export function upsertList<T extends JobList>(list: T, job: JobOut): T {
  const patched = patchList(list, job.id, () => job)
  if (patched !== list) return patched
  const pages = pagesOf(list)
  const last = pages.at(-1)
  const oldest = last?.items.at(-1)
  // It belongs to a page that was not read yet.
  if (!last || (last.next_cursor && oldest && job.created_at < oldest.created_at)) return list
  const fits = pages.findIndex((page) => (page.items.at(-1)?.created_at ?? '') <= job.created_at)
  const at = fits < 0 ? pages.length - 1 : fits
  const page = pages[at] ?? last
  return withPages(list, pages.with(at, { ...page, items: inserted(page.items, job) }))
}

function inserted(items: JobOut[], job: JobOut): JobOut[] {
  const at = items.findIndex((each) => each.created_at <= job.created_at)
  return at < 0 ? [...items, job] : items.toSpliced(at, 0, job)
}

function without(list: JobPage, id: string): JobPage {
  return { ...list, items: list.items.filter((job) => job.id !== id) }
}

/** Puts a job that was just read into every list that it belongs to. */
export function storeJob(client: QueryClient, job: JobOut): void {
  client.setQueryData<JobPages>(keys.workspaceJobs, (list) =>
    list && job.destination === 'workspace' ? upsertList(list, job) : list,
  )
  client.setQueryData<JobPage>(keys.recentJobs, (list) => {
    if (!list) return list
    const next = upsertList(list, job)
    return { ...next, items: next.items.slice(0, RECENT) }
  })
  client.setQueryData<JobPage>(
    keys.queuedJobs,
    (list) => list && (job.status === 'queued' ? upsertList(list, job) : without(list, job.id)),
  )
  client.setQueryData<JobPage>(
    keys.runningJobs,
    (list) => list && (job.status === 'processing' ? upsertList(list, job) : without(list, job.id)),
  )
  if (isActive(job)) client.setQueryData<ProgressOut>(keys.progress(job.id), job.progress)
  else client.removeQueries({ queryKey: keys.progress(job.id) })
}

export function patchJob(client: QueryClient, id: string, change: (job: JobOut) => JobOut): void {
  client.setQueriesData<JobList>(
    { queryKey: keys.jobs },
    (list) => list && patchList(list, id, change),
  )
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
    const jobs = pagesOf(list).flatMap((page) => page.items)
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
