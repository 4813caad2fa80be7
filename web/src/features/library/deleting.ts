import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { ApiError, sdk, sendOnLeaving, sentenceOf } from '@/api'
import { count } from '@/ui/format'
import { closeToast, showToast } from '@/ui/toastStore'
import { removeLibraryAsset } from './cache'
import { inTurn } from './inTurn'

/** How long a deleted picture can be had back, in milliseconds. */
export const UNDO_MS = 10_000

const TOAST = 'deleted'
let going: ReadonlySet<string> = new Set()
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function show(next: ReadonlySet<string>): void {
  going = next
  listeners.forEach((listen) => listen())
}

function leave(): void {
  for (const id of going) sendOnLeaving('DELETE', `/api/library/assets/${id}`)
}

/** Takes pictures away. They are deleted in ten seconds, or when the page closes, unless undone. */
export function deleteSoon(client: QueryClient, ids: readonly string[]): void {
  show(new Set([...going, ...ids]))
  clearTimeout(timer)
  timer = setTimeout(() => void deleteNow(client), UNDO_MS)
  window.addEventListener('pagehide', leave)
  showToast({
    id: TOAST,
    text: `${count(going.size, 'picture')} deleted from the library`,
    lasts: UNDO_MS,
    action: { label: 'Undo', run: undoDelete },
  })
}

export function undoDelete(): void {
  clearTimeout(timer)
  window.removeEventListener('pagehide', leave)
  closeToast(TOAST)
  show(new Set())
}

async function deleteNow(client: QueryClient): Promise<void> {
  const batch = [...going]
  window.removeEventListener('pagehide', leave)
  const failures = await inTurn(batch, async (id) => {
    try {
      await sdk.deleteLibraryAsset({ path: { asset_id: id } })
    } catch (error) {
      // Gone already, from another device: that is what was asked for.
      if (!(error instanceof ApiError && error.status === 404)) throw error
    }
    removeLibraryAsset(client, id)
  })
  show(new Set([...going].filter((id) => !batch.includes(id))))
  const [first] = failures
  if (first === undefined) return
  const rest =
    failures.length > 1 ? `${count(failures.length, 'picture')} could not be deleted. ` : ''
  showToast({ text: rest + sentenceOf(first), tone: 'error' })
}

/** Ids of the pictures that are on their way out. */
export function useDeleting(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    () => going,
  )
}
