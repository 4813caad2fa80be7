import '@/ui/overlays.css'
import { Popover, useMantineColorScheme } from '@mantine/core'
import { IconKeyboard, IconLogout, IconUserCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { balance } from '@/features/account/queries'
import { Choice } from '@/ui/Fields'
import type { ThemeChoice } from '@/ui/theme'
import { AccountButton, type AccountButtonProps } from './AccountButton'
import { panels } from './panels'
import { useSignOut } from './useSignOut'
import classes from './Rail.module.css'

const THEMES: { value: ThemeChoice; label: string }[] = [
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
  { value: 'auto', label: 'System' },
]

/** The account's menu; it is loaded, and opens, when its button is first pressed. */
export default function AccountMenu(props: AccountButtonProps) {
  const [opened, setOpened] = useState(true)
  const close = () => setOpened(false)
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position={props.tab ? 'top-end' : 'right-end'}
      width={288}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <AccountButton {...props} onClick={() => setOpened(!opened)} />
      </Popover.Target>
      <Popover.Dropdown p={8} aria-label="Account">
        <Items onDone={close} />
      </Popover.Dropdown>
    </Popover>
  )
}

function Items({ onDone }: { onDone: () => void }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { data: credits } = useQuery(balance)
  const signOut = useSignOut()
  const showKeys = () => {
    onDone()
    panels.open('keys')
  }
  return (
    <>
      {credits?.enabled ? (
        <Link className={classes.purse} to="/account/credits" onClick={onDone}>
          <strong>{credits.balance.toLocaleString('en-GB')}</strong>
          <span>
            {credits.balance === 1 ? 'credit' : 'credits'}
            {credits.reserved ? `, ${credits.reserved.toLocaleString('en-GB')} held` : ''}
          </span>
        </Link>
      ) : null}
      <Link className={classes.entry} to="/account" onClick={onDone}>
        <IconUserCircle size={18} stroke={1.7} aria-hidden /> Account and settings
      </Link>
      <div className={classes.theme}>
        <Choice label="Theme" value={colorScheme} options={THEMES} onChange={setColorScheme} />
      </div>
      <button type="button" className={classes.entry} onClick={showKeys}>
        <IconKeyboard size={18} stroke={1.7} aria-hidden /> Keys
      </button>
      <button type="button" className={classes.entry} onClick={() => void signOut()}>
        <IconLogout size={18} stroke={1.7} aria-hidden /> Sign out
      </button>
    </>
  )
}
