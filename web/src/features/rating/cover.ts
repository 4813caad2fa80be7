import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { content } from './queries'

export interface Rated {
  id: string
  rating: 'general' | 'adult'
}

/** What was uncovered since the page was loaded; the next time it is covered again. */
let uncovered: ReadonlySet<string> = new Set()
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function uncover(id: string): void {
  uncovered = new Set(uncovered).add(id)
  for (const listener of listeners) listener()
}

export function coverAll(): void {
  uncovered = new Set()
  for (const listener of listeners) listener()
}

/** Whether a picture is to be covered: it is rated for adults, and nobody has chosen it. As long as
 * the preference is not known, it is. */
export function useCovered(item: Rated): boolean {
  const rated = item.rating === 'adult'
  const preference = useQuery({ ...content, enabled: rated })
  const shown = useSyncExternalStore(subscribe, () => uncovered)
  return rated && preference.data?.blur !== false && !shown.has(item.id)
}
