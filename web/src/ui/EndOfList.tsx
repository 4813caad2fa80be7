import { Button } from '@mantine/core'
import { useEffect, useRef } from 'react'
import classes from './states.module.css'

interface EndOfListProps {
  /** Whether there is more to read. */
  more: boolean
  reading: boolean
  /** Why the last reading failed. */
  error?: string
  onMore: () => void
}

/** Distance before the end, in CSS, at which the next page is read. */
const AHEAD = '600px'

/** The end of a list that is read page by page: reads on when it comes near, or when asked. */
export function EndOfList({ more, reading, error, onMore }: EndOfListProps) {
  const end = useRef<HTMLDivElement>(null)
  const waits = more && !reading && !error
  useEffect(() => {
    if (!waits || !end.current) return
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) onMore()
      },
      { rootMargin: AHEAD },
    )
    watch.observe(end.current)
    return () => watch.disconnect()
  }, [waits, onMore])
  if (!more) return null
  return (
    <div ref={end} className={classes.end}>
      {error ? <p role="alert">{error}</p> : null}
      <Button variant="default" loading={reading} onClick={onMore}>
        {error ? 'Try again' : 'Show more'}
      </Button>
    </div>
  )
}
