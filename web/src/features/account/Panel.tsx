import { useId, type ReactNode } from 'react'
import { Button } from '@mantine/core'
import { sentenceOf } from '@/api'
import classes from './Panel.module.css'

interface PanelProps {
  title: string
  /** What this part is for, in a sentence. */
  about?: ReactNode
  /** Stands beside the title. */
  aside?: ReactNode
  tone?: 'plain' | 'danger'
  children: ReactNode
}

/** A part of a section, with its name and what it is for. */
export function Panel({ title, about, aside, tone = 'plain', children }: PanelProps) {
  const id = useId()
  return (
    <section className={classes.panel} aria-labelledby={id} data-tone={tone}>
      <div className={classes.head}>
        <div className={classes.intro}>
          <h2 id={id} className={classes.title}>
            {title}
          </h2>
          {about ? <p className={classes.about}>{about}</p> : null}
        </div>
        {aside}
      </div>
      {children}
    </section>
  )
}

/** A part that could not be read: why, and the way to try again. */
export function PanelError({
  what,
  error,
  onRetry,
}: {
  what: string
  error: unknown
  onRetry: () => void
}) {
  return (
    <div className={classes.error} role="alert">
      <p>
        {what} could not be read. {sentenceOf(error)}
      </p>
      <Button variant="default" onClick={onRetry}>
        Try again
      </Button>
    </div>
  )
}

/** Rows in the shape of those to come. */
export function RowsSkeleton({ rows, height = 56 }: { rows: number; height?: number }) {
  return (
    <div className={classes.skeleton} role="status" aria-label="Reading">
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} style={{ height }}>
          <span />
        </div>
      ))}
    </div>
  )
}
