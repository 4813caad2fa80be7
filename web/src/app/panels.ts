import { useSyncExternalStore } from 'react'

/** What may lie over the page, one at a time. */
export type Panel =
  'palette' | 'activity' | 'keys' | 'book' | 'combinations' | 'part' | 'extend' | 'upscale'

let current: Panel | null = null
const listeners = new Set<() => void>()

function show(next: Panel | null): void {
  if (next === current) return
  current = next
  listeners.forEach((listen) => listen())
}

export const panels = {
  open: (panel: Panel) => show(panel),
  close: () => show(null),
  toggle: (panel: Panel) => show(current === panel ? null : panel),
}

export function usePanel(): Panel | null {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    () => current,
  )
}
