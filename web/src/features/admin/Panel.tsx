import { useId, type ReactNode } from 'react'
import classes from './panel.module.css'

interface PanelProps {
  title: string
  about?: ReactNode
  /** Beside the title. */
  side?: ReactNode
  children?: ReactNode
}

/** One thing that an admin can see or do, with its name and what it means. */
export function Panel({ title, about, side, children }: PanelProps) {
  const id = useId()
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <div className={classes.line}>
        <div className={classes.grow}>
          <h2 id={id} className={classes.title}>
            {title}
          </h2>
          {about ? <p className={classes.about}>{about}</p> : null}
        </div>
        {side}
      </div>
      {children}
    </section>
  )
}
