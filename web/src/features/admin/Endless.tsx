import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useCallback, type ReactNode } from 'react'
import { sentenceOf } from '@/api'
import { EndOfList } from '@/ui/EndOfList'
import { ErrorState } from '@/ui/States'
import type { Page } from './pages'
import classes from './rows.module.css'

interface EndlessProps<T> {
  list: UseInfiniteQueryResult<InfiniteData<Page<T>>>
  /** Such as `The ledger`, of which is said that it could not be read. */
  what: string
  /** Drawn until the first rows are there, in their shape. */
  skeleton: ReactNode
  /** Drawn where there are none. */
  empty: ReactNode
  children: (items: T[]) => ReactNode
}

/** A list by pages that reads on when its end comes near. */
export function Endless<T>({ list, what, skeleton, empty, children }: EndlessProps<T>) {
  const { data, error, fetchNextPage } = list
  const readOn = useCallback(() => void fetchNextPage(), [fetchNextPage])
  if (!data) {
    if (!error) return skeleton
    return (
      <ErrorState
        title={`${what} could not be read`}
        reason={sentenceOf(error)}
        onRetry={() => void list.refetch()}
      />
    )
  }
  const items = data.pages.flatMap((page) => page.items)
  if (items.length === 0 && !list.hasNextPage) return empty
  return (
    <div className={list.isPlaceholderData ? classes.old : ''}>
      {children(items)}
      <EndOfList
        more={list.hasNextPage}
        reading={list.isFetchingNextPage}
        error={list.isFetchNextPageError ? sentenceOf(error) : undefined}
        onMore={readOn}
      />
    </div>
  )
}
