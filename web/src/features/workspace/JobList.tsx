import { useElementSize, useMergedRef } from '@mantine/hooks'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import type { JobOut } from '@/api'
import { layoutOf, type Row } from './grouping'
import classes from './WorkspacePage.module.css'
import group from './JobGroup.module.css'

const HEAD = 72
const DAY = 36
const FAILED = 60

interface JobListProps {
  rows: readonly Row[]
  draw: (job: JobOut, width: number) => ReactNode
  onNearEnd: () => void
  foot: ReactNode
}

/** The jobs of the workspace; only what is near the window is in the page. */
export function JobList({ rows, draw, onNearEnd, foot }: JobListProps) {
  const { ref: sized, width } = useElementSize()
  const list = useRef<HTMLDivElement>(null)
  const ref = useMergedRef(list, sized)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const measure = () => setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY)
    measure()
    const watch = new ResizeObserver(measure)
    watch.observe(document.body)
    return () => watch.disconnect()
  }, [])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (at) => heightOf(rows[at], width),
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 3,
    scrollMargin: top,
    onChange: (instance) => {
      const last = instance.getVirtualItems().at(-1)
      if (last && last.index >= rows.length - 4) onNearEnd()
    },
  })
  return (
    <>
      <div ref={ref} className={classes.list} style={{ height: virtual.getTotalSize() }}>
        {width === 0
          ? null
          : virtual.getVirtualItems().map((item) => {
              const row = rows[item.index]
              if (!row) return null
              return (
                <div
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  className={classes.row}
                  style={{
                    transform: `translateY(${item.start - virtual.options.scrollMargin}px)`,
                  }}
                >
                  {row.kind === 'day' ? (
                    <h2 className={group.day}>{row.label}</h2>
                  ) : (
                    draw(row.job, width)
                  )}
                </div>
              )
            })}
      </div>
      {foot}
    </>
  )
}

/** The height of a line before it was measured; the pictures' shapes give it nearly exactly. */
function heightOf(row: Row | undefined, width: number): number {
  if (!row) return 0
  if (row.kind === 'day') return DAY
  const { job } = row
  const ended = job.status === 'completed' || job.status === 'failed'
  const cards = ended ? job.assets.length : job.count
  const notes = job.warnings.length * 24 + (job.status === 'failed' ? FAILED : 0)
  const pictures = cards ? layoutOf(width, cards, job.width / job.height).total : 0
  return HEAD + pictures + notes
}
