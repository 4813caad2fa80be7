import { useSyncExternalStore } from 'react'

export interface Toast {
  id: string
  text: string
  tone: 'plain' | 'error' | 'success'
  action?: { label: string; run: () => void }
  /** Milliseconds; 0 stays until it is closed. */
  lasts: number
  /** Counts the times that it was shown anew, which starts its clock again. */
  turn: number
}

type NewToast = Partial<Omit<Toast, 'turn'>> & Pick<Toast, 'text'>

let toasts: readonly Toast[] = []
let counter = 0
const listeners = new Set<() => void>()

function change(next: readonly Toast[]): void {
  toasts = next
  listeners.forEach((listen) => listen())
}

/** Shows a message at the foot of the page; one with the same id is replaced. Returns its id. */
export function showToast(toast: NewToast): string {
  const id = toast.id ?? `toast-${++counter}`
  const old = toasts.find((each) => each.id === id)
  const full: Toast = {
    tone: 'plain',
    lasts: toast.tone === 'error' ? 8000 : 4000,
    ...toast,
    id,
    turn: (old?.turn ?? 0) + 1,
  }
  change([...toasts.filter((each) => each.id !== id).slice(-2), full])
  return id
}

export function closeToast(id: string): void {
  if (toasts.some((each) => each.id === id)) change(toasts.filter((each) => each.id !== id))
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    () => toasts,
  )
}
