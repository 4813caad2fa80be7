import { useElementSize } from '@mantine/hooks'
import { justify } from '@/ui/JustifiedGridLayout'
import classes from './LibraryPage.module.css'

/** Shapes as a library has them, until the true ones are known. */
const SHAPES = [
  16 / 9,
  4 / 3,
  1,
  3 / 4,
  4 / 3,
  16 / 9,
  1,
  9 / 16,
  4 / 3,
  16 / 9,
  3 / 4,
  1,
  4 / 3,
  16 / 9,
]

/** The grid before its pictures are known. */
export function LibrarySkeleton({
  rowHeight,
  gap,
  rows = 3,
}: {
  rowHeight: number
  gap: number
  rows?: number
}) {
  const { ref, width } = useElementSize()
  const all = justify([...SHAPES, ...SHAPES, ...SHAPES], { width, rowHeight, gap }).slice(0, rows)
  return (
    <div
      ref={ref}
      className={classes.skeleton}
      style={{ gap }}
      role="status"
      aria-label="Reading the library"
    >
      {all.map((row) => (
        <div key={row.start} className={classes.skeletonRow} style={{ gap, height: row.height }}>
          {row.widths.map((each, at) => (
            <div key={at} className={classes.bone} style={{ width: each }} />
          ))}
        </div>
      ))}
    </div>
  )
}
