import type { QueryClient } from '@tanstack/react-query'
import { ApiError, sdk } from '@/api'
import type { EventTable } from '@/api/events'
import { keys } from '@/api/keys'
import { forgetLibraryAsset, patchAsset, patchJob, storeJob, storeProgress } from './cache'

/** Milliseconds in which several events about one job lead to one reading of it. */
const GATHER_MS = 40

/** What each live event does to what is shown. The only place where events meet the cache. */
export function eventTable(client: QueryClient): EventTable {
  const read = jobReader(client)
  return {
    'job.updated': (data) => {
      patchJob(client, data.job_id, (job) => ({ ...job, status: data.status }))
      read(data.job_id)
    },
    'job.progress': (data) => storeProgress(client, data),
    'asset.created': (data) => read(data.job_id),
    'asset.removed': (data) => patchAsset(client, data.job_id, data.asset_id, () => null),
    'library.changed': (data) => {
      void client.invalidateQueries({ queryKey: keys.library })
      void stillInLibrary(client, data.asset_id)
    },
    'queue.moved': () => {
      void client.invalidateQueries({ queryKey: keys.queuedJobs })
      void client.invalidateQueries({ queryKey: keys.runningJobs })
    },
    resync: () => void client.invalidateQueries(),
  }
}

/** Reads a job anew soon; events of a busy job come in handfuls. */
function jobReader(client: QueryClient): (id: string) => void {
  const waiting = new Map<string, ReturnType<typeof setTimeout>>()
  return (id) => {
    clearTimeout(waiting.get(id))
    waiting.set(
      id,
      setTimeout(() => {
        waiting.delete(id)
        sdk.getJob({ path: { job_id: id } }).then(
          (job) => storeJob(client, job),
          () => void client.invalidateQueries({ queryKey: keys.jobs }),
        )
      }, GATHER_MS),
    )
  }
}

/** A change in the library may be a deletion, on this device or another. */
async function stillInLibrary(client: QueryClient, assetId: string): Promise<void> {
  try {
    client.setQueryData(
      keys.libraryAsset(assetId),
      await sdk.getLibraryAsset({ path: { asset_id: assetId } }),
    )
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      client.removeQueries({ queryKey: keys.libraryAsset(assetId) })
      forgetLibraryAsset(client, assetId)
    }
  }
}
