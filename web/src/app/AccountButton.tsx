import { VisuallyHidden } from '@mantine/core'
import { IconCoins, IconUserCircle } from '@tabler/icons-react'
import type { ComponentProps } from 'react'
import classes from './Rail.module.css'

export interface AccountButtonProps extends ComponentProps<'button'> {
  /** Who is signed in. */
  account: string
  /** What the person can spend, where jobs are paid. */
  balance: number | null
  /** Drawn as a tab of the bottom bar. */
  tab?: boolean
}

export function AccountButton({
  account,
  balance,
  tab = false,
  className = '',
  ...rest
}: AccountButtonProps) {
  return (
    <button
      type="button"
      className={`${(tab ? classes.tab : classes.item) ?? ''} ${className}`}
      aria-label={tab ? `Account of ${account}` : undefined}
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
          <span className={classes.label}>
            <VisuallyHidden>Account of </VisuallyHidden>
            {account}
          </span>
          {balance === null ? null : (
            <span className={classes.balance}>
              <IconCoins size={14} stroke={1.7} aria-hidden />
              {balance.toLocaleString('en-GB')}
              <VisuallyHidden>{balance === 1 ? ' credit' : ' credits'}</VisuallyHidden>
            </span>
          )}
        </>
      )}
    </button>
  )
}
