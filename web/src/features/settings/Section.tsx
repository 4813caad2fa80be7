import type { ReactNode } from 'react'
import classes from './Settings.module.css'

interface SectionProps {
  id: string
  title: string
  about: string
  children: ReactNode
}

/** A part of the settings: what it is on the left, what can be done on the right. */
export function Section({ id, title, about, children }: SectionProps) {
  return (
    <section id={id} className={classes.section} aria-labelledby={`${id}-title`}>
      <div className={classes.intro}>
        <h2 id={`${id}-title`} className={classes.title}>
          {title}
        </h2>
        <p className={classes.about}>{about}</p>
      </div>
      <div className={classes.panel}>{children}</div>
    </section>
  )
}
