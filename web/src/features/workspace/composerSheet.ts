import { useSyncExternalStore } from 'react'

const PHONE = '(max-width: 47.99em)'

let shown = false
const listeners = new Set<() => void>()

function show(next: boolean): void {
  if (next === shown) return
  shown = next
  listeners.forEach((listen) => listen())
}

/** The sheet with the whole composer on a phone; wider pages show the composer all the time. */
export const composerSheet = {
  open: () => {
    if (window.matchMedia(PHONE).matches) show(true)
  },
  close: () => show(false),
}

export function useComposerSheet(): boolean {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    () => shown,
  )
}
