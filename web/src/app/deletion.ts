import { useSyncExternalStore } from 'react'
import { ApiError, sendOnLeaving, sentenceOf } from '@/api'
import { closeToast, showToast } from '@/ui/toastStore'

/** How long something that was deleted can be had back, in milliseconds. */
export const UNDO_MS = 10_000

interface Deletion {
  /** The address that deletes it, for when the page closes before the time is over. */
  path: string
  /** What is said, such as `The preset Portrait is deleted`. */
  text: string
  run: () => Promise<unknown>
  /** Reads anew what shows it. */
  onDone: () => unknown
}

let going: ReadonlySet<string> = new Set()
const listeners = new Set<() => void>()

function show(next: ReadonlySet<string>): void {
  going = next
  listeners.forEach((listen) => listen())
}

const without = (path: string) => new Set([...going].filter((each) => each !== path))

/** Takes something away. It is deleted in ten seconds, or when the page closes, unless undone. */
export function deleteSoon({ path, text, run, onDone }: Deletion): void {
  const leave = () => sendOnLeaving('DELETE', path)
  const stop = () => window.removeEventListener('pagehide', leave)
  const timer = setTimeout(() => void finish(), UNDO_MS)
  const finish = async () => {
    stop()
    try {
      await run()
    } catch (error) {
      // Gone already, by somebody else's hand: that is what was asked for.
      if (!(error instanceof ApiError && error.status === 404)) {
        showToast({ text: sentenceOf(error), tone: 'error' })
      }
    }
    await onDone()
    show(without(path))
  }
  window.addEventListener('pagehide', leave)
  show(new Set([...going, path]))
  showToast({
    id: path,
    text,
    lasts: UNDO_MS,
    action: {
      label: 'Undo',
      run: () => {
        clearTimeout(timer)
        stop()
        closeToast(path)
        show(without(path))
      },
    },
  })
}

/** Addresses of what is on its way out. */
export function useGoing(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    () => going,
  )
}
