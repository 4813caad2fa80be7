import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { sdk, sendOnLeaving, sentenceOf } from '@/api'
import { patchAsset } from '@/features/jobs/cache'
import { count } from '@/ui/format'
import { closeToast, showToast } from '@/ui/toastStore'

/** How long a discarded picture can be had back, in milliseconds. */
export const UNDO_MS = 10_000

interface Discarded {
  jobId: string
  assetId: string
}

const TOAST = 'discarded'
let batch: readonly Discarded[] = []
let hidden: ReadonlySet<string> = new Set()
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function show(next: readonly Discarded[]): void {
  batch = next
  hidden = new Set(next.map((each) => each.assetId))
  listeners.forEach((listen) => listen())
}

const path = (assetId: string): string => `/api/workspace/assets/${assetId}`

function leave(): void {
  for (const each of batch) sendOnLeaving('DELETE', path(each.assetId))
}

/** Takes pictures away. They are deleted in ten seconds, or when the page closes, unless undone. */
export function discard(client: QueryClient, assets: readonly Discarded[]): void {
  show([...batch, ...assets.filter((each) => !hidden.has(each.assetId))])
  clearTimeout(timer)
  timer = setTimeout(() => void deleteNow(client), UNDO_MS)
  window.addEventListener('pagehide', leave)
  showToast({
    id: TOAST,
    text: `${count(batch.length, 'picture')} discarded`,
    lasts: UNDO_MS,
    action: { label: 'Undo', run: undoDiscard },
  })
}

export function undoDiscard(): void {
  clearTimeout(timer)
  window.removeEventListener('pagehide', leave)
  closeToast(TOAST)
  show([])
}

async function deleteNow(client: QueryClient): Promise<void> {
  const going = batch
  window.removeEventListener('pagehide', leave)
  const results = await Promise.allSettled(
    going.map(async ({ jobId, assetId }) => {
      await sdk.discardWorkspaceAsset({ path: { asset_id: assetId } })
      patchAsset(client, jobId, assetId, () => null)
    }),
  )
  const gone = new Set(going.map((each) => each.assetId))
  show(batch.filter((each) => !gone.has(each.assetId)))
  const failure = results.find((result) => result.status === 'rejected')
  if (failure) showToast({ text: sentenceOf(failure.reason), tone: 'error' })
}

/** Ids of the pictures that are on their way out. */
export function useDiscarded(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    () => hidden,
  )
}
