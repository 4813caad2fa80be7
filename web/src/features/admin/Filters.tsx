import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import { useId, useState, type ReactNode } from 'react'
import rows from './rows.module.css'

interface FiltersProps {
  /** What is found by most often; always in sight. */
  children: ReactNode
  /** The others, which a phone folds away. */
  more: ReactNode
  /** How many of the others are set. */
  set: number
  /** There are more of the others than go beside the first: they have a line of their own. */
  many?: boolean
}

/** The filters of a list in one line; on a phone all but the first fold. */
export function Filters({ children, more, set, many = false }: FiltersProps) {
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <div className={rows.filters}>
      <div className={rows.wide}>{children}</div>
      <button
        type="button"
        className={rows.fold}
        aria-expanded={open}
        aria-controls={id}
        aria-label={`Filters${set ? `, ${set} set` : ''}`}
        onClick={() => setOpen(!open)}
      >
        <IconAdjustmentsHorizontal size={20} stroke={1.7} aria-hidden />
        {set ? <span className={rows.set}>{set}</span> : null}
      </button>
      <div
        id={id}
        className={`${rows.more} ${many ? rows.many : ''}`}
        data-open={open || undefined}
      >
        {more}
      </div>
    </div>
  )
}
