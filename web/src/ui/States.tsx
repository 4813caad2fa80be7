import type { Icon } from '@tabler/icons-react'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Button } from '@mantine/core'
import classes from './states.module.css'

interface StateProps {
  icon?: Icon
  title: string
  children?: ReactNode
  actions?: ReactNode
}

/** Nothing is here yet: says what will be, and offers the first step. */
export function EmptyState({ icon: Picture, title, children, actions }: StateProps) {
  return (
    <section className={classes.state}>
      {Picture ? <Picture className={classes.icon} size={36} stroke={1.4} aria-hidden /> : null}
      <h2 className={classes.title}>{title}</h2>
      {children ? <div className={classes.text}>{children}</div> : null}
      {actions ? <div className={classes.actions}>{actions}</div> : null}
    </section>
  )
}

/** Something failed: its reason, and a way on. */
export function ErrorState({
  title,
  reason,
  onRetry,
  actions,
}: {
  title: string
  reason: string
  onRetry?: () => void
  actions?: ReactNode
}) {
  return (
    <section className={classes.state} role="alert">
      <IconAlertTriangle className={classes.icon} size={36} stroke={1.4} aria-hidden />
      <h2 className={classes.title}>{title}</h2>
      <p className={classes.text}>{reason}</p>
      <div className={classes.actions}>
        {onRetry ? (
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        ) : null}
        {actions}
      </div>
    </section>
  )
}
