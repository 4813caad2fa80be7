import type { InfiniteData } from '@tanstack/react-query'

/** A part of a list, and where the next one begins. */
export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

/** How many there are, as far as they were read: `50 people so far`. */
export function soFar<T>(
  data: InfiniteData<Page<T>> | undefined,
  said: (number: number) => string,
): string {
  if (!data) return ''
  const number = data.pages.reduce((sum, page) => sum + page.items.length, 0)
  return `${said(number)}${data.pages.at(-1)?.next_cursor ? ' so far' : ''}`
}
