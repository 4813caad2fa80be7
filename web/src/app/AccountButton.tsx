import { IconUserCircle } from '@tabler/icons-react'
import type { ComponentProps } from 'react'
import classes from './Rail.module.css'

export interface AccountButtonProps extends ComponentProps<'button'> {
  /** Who is signed in. */
  account: string
  /** Drawn as a tab of the bottom bar. */
  tab?: boolean
}

export function AccountButton({
  account,
  tab = false,
  className = '',
  ...rest
}: AccountButtonProps) {
  return (
    <button
      type="button"
      className={`${(tab ? classes.tab : classes.item) ?? ''} ${className}`}
      aria-label={`Account of ${account}`}
      aria-haspopup="dialog"
      {...rest}
    >
      {tab ? (
        <>
          <IconUserCircle size={22} stroke={1.7} aria-hidden />
          Account
        </>
      ) : (
        <>
          <span className={classes.icon}>
            <IconUserCircle size={20} stroke={1.7} aria-hidden />
          </span>
          <span className={classes.label}>{account}</span>
        </>
      )}
    </button>
  )
}
