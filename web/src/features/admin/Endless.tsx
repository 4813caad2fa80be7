import { Button } from '@mantine/core'
import { useIntersection } from '@mantine/hooks'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useEffect, type ReactNode } from 'react'
import { sentenceOf } from '@/api'
import { ErrorState } from '@/ui/States'
import type { Page } from './contract'
import classes from './rows.module.css'

/** Pixels before the end at which the next rows are read. */
const AHEAD = 600

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
  const { data, error, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list
  const { ref, entry } = useIntersection({ rootMargin: `0px 0px ${AHEAD}px 0px` })
  const near = entry?.isIntersecting ?? false
  useEffect(() => {
    if (near && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage()
  }, [near, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage])

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
  if (items.length === 0 && !hasNextPage) return empty
  return (
    <div className={list.isPlaceholderData ? classes.old : ''}>
      {children(items)}
      <div ref={ref} />
      {isFetchingNextPage ? <p className={classes.foot}>Reading more…</p> : null}
      {isFetchNextPageError ? (
        <div className={classes.foot} role="alert">
          {sentenceOf(error)}
          <Button variant="default" onClick={() => void fetchNextPage()}>
            Read more
          </Button>
        </div>
      ) : null}
    </div>
  )
}
