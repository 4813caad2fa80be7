import { useSyncExternalStore } from 'react'
import type { LinkState } from '@/api/events'

let state: LinkState = 'connecting'
const listeners = new Set<() => void>()

export function setLinkState(next: LinkState): void {
  state = next
  listeners.forEach((listen) => listen())
}

/** Whether live events arrive. */
export function useLinkState(): LinkState {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    () => state,
  )
}
