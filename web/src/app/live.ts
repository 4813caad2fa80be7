import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ApiError, sdk, type JobOut } from '@/api'
import { followEvents, type EventTable } from '@/api/events'
import { keys } from '@/api/keys'
import {
  forgetLibraryAsset,
  patchAsset,
  patchJob,
  storeJob,
  storeProgress,
} from '@/features/jobs/cache'
import { removeLibraryAsset, storeLibraryAsset } from '@/features/library/cache'
import { announce } from './announce'
import { setLinkState } from './linkState'

/** Milliseconds in which several events about one thing lead to one reading of it. */
const GATHER_MS = 40

/** What each live event does to what is shown. The only place where events meet the cache. */
export function eventTable(client: QueryClient, onEnded: (job: JobOut) => void): EventTable {
  const ending = new Set<string>()
  const readJob = gathered((id) =>
    readJobAnew(client, id, (job) => {
      if (ending.delete(job.id)) onEnded(job)
    }),
  )
  const readCredits = gathered(() => void client.invalidateQueries({ queryKey: keys.credits }))
  const readAsset = gathered((id) => readLibraryAssetAnew(client, id, readJob))
  return {
    'job.updated': (data) => {
      // A job that has ended is shown so once its last pictures were read with it.
      if (data.status === 'processing') {
        patchJob(client, data.job_id, (job) => ({ ...job, status: 'processing' }))
      } else if (data.status !== 'queued') {
        ending.add(data.job_id)
      }
      // Every job holds credits when it is accepted, and pays when it ends.
      if (data.status !== 'processing') readCredits('')
      readJob(data.job_id)
    },
    'job.progress': (data) => storeProgress(client, data),
    'asset.created': (data) => readJob(data.job_id),
    'asset.removed': (data) => patchAsset(client, data.job_id, data.asset_id, () => null),
    'library.changed': (data) => readAsset(data.asset_id),
    'queue.moved': () => {
      void client.invalidateQueries({ queryKey: keys.queuedJobs })
      void client.invalidateQueries({ queryKey: keys.runningJobs })
    },
    resync: () => void client.invalidateQueries(),
  }
}

/** Runs for an id once its events have paused; they come in handfuls. */
function gathered(run: (id: string) => void): (id: string) => void {
  const waiting = new Map<string, ReturnType<typeof setTimeout>>()
  return (id) => {
    clearTimeout(waiting.get(id))
    const go = () => {
      waiting.delete(id)
      run(id)
    }
    waiting.set(id, setTimeout(go, GATHER_MS))
  }
}

function readJobAnew(client: QueryClient, id: string, onRead: (job: JobOut) => void): void {
  sdk.getJob({ path: { job_id: id } }).then(
    (job) => {
      storeJob(client, job)
      onRead(job)
    },
    () => void client.invalidateQueries({ queryKey: keys.jobs }),
  )
}

/** A change in the library may be a deletion, here or on another device. */
function readLibraryAssetAnew(
  client: QueryClient,
  id: string,
  readJob: (jobId: string) => void,
): void {
  sdk.getLibraryAsset({ path: { asset_id: id } }).then(
    (asset) => {
      storeLibraryAsset(client, asset)
      if (asset.job_id) readJob(asset.job_id)
    },
    (error: unknown) => {
      if (!(error instanceof ApiError && error.status === 404)) {
        void client.invalidateQueries({ queryKey: keys.library })
        return
      }
      removeLibraryAsset(client, id)
      forgetLibraryAsset(client, id)
    },
  )
}

/** Follows the studio's events for as long as somebody is signed in. */
export function useLive(): void {
  const client = useQueryClient()
  const navigate = useNavigate()
  useEffect(
    () =>
      followEvents({
        table: eventTable(client, (job) =>
          announce(
            job,
            (area, assetId) =>
              void navigate({ to: `/${area}`, search: assetId ? { view: assetId } : {} }),
          ),
        ),
        onState: setLinkState,
        onReconnect: () => void client.invalidateQueries(),
      }),
    [client, navigate],
  )
}
