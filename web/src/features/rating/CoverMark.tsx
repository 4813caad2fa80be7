import { IconEyeOff } from '@tabler/icons-react'
import classes from './rating.module.css'

/** What stands on a covered picture. */
export function CoverMark() {
  return (
    <span className={classes.mark}>
      <IconEyeOff size={20} stroke={1.7} aria-hidden />
      <span>For adults</span>
    </span>
  )
}
