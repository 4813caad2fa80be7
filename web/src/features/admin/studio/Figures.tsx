import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import rows from '../rows.module.css'
import classes from './studio.module.css'

interface FigureProps {
  name: string
  /** Not known yet where it is left out. */
  children?: ReactNode
  /** Whether what it says is as it should be. */
  good?: boolean
}

/** A few things at a glance. */
export function Figures({ children }: { children: ReactNode }) {
  return <dl className={classes.figures}>{children}</dl>
}

export function Figure({ name, children, good }: FigureProps) {
  const Mark = good ? IconCircleCheck : IconAlertTriangle
  return (
    <div>
      <dt>{name}</dt>
      <dd className={classes.figure}>
        {children === undefined ? <span className={rows.bone} style={{ width: 72 }} /> : null}
        {children !== undefined && good !== undefined ? (
          <Mark size={18} stroke={1.7} className={good ? classes.good : classes.bad} aria-hidden />
        ) : null}
        {children}
      </dd>
    </div>
  )
}
