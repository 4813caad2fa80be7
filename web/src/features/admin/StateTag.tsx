import { IconBan, IconCircleCheck } from '@tabler/icons-react'
import classes from './StateTag.module.css'

/** Whether an account may come in. */
export function StateTag({ suspended }: { suspended: boolean }) {
  return suspended ? (
    <span className={`${classes.tag} ${classes.suspended}`}>
      <IconBan size={16} stroke={1.7} aria-hidden />
      suspended
    </span>
  ) : (
    <span className={classes.tag}>
      <IconCircleCheck size={16} stroke={1.7} className={classes.good} aria-hidden />
      active
    </span>
  )
}
