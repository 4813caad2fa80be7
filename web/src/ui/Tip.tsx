import type { ReactNode } from 'react'
import classes from './Tip.module.css'

interface TipProps {
  /** What the control does; its own `aria-label` says the same to those who do not see it. */
  label: string
  side?: 'above' | 'aboveEnd' | 'beside'
  children: ReactNode
}

/** A short word about a control without a label, after a moment of pointing at it. CSS alone. */
export function Tip({ label, side = 'above', children }: TipProps) {
  return (
    <span className={`${classes.tip} ${classes[side] ?? ''}`} data-tip={label}>
      {children}
    </span>
  )
}
