import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { Page } from './contract'

/** How many there are, as far as they were read: `50 people so far`. */
export function soFar<T>(
  list: UseInfiniteQueryResult<InfiniteData<Page<T>>>,
  said: (number: number) => string,
): string {
  if (!list.data) return ''
  const number = list.data.pages.reduce((sum, page) => sum + page.items.length, 0)
  return `${said(number)}${list.hasNextPage ? ' so far' : ''}`
}
