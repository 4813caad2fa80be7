import '@/ui/overlays.css'
import { Menu, useMantineColorScheme } from '@mantine/core'
import { IconKeyboard, IconLogout, IconSettings } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
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
  return (
    <Menu
      opened={opened}
      onChange={setOpened}
      position={props.tab ? 'top-end' : 'right-end'}
      width={272}
    >
      <Menu.Target>
        <AccountButton {...props} />
      </Menu.Target>
      <Menu.Dropdown>
        <Items />
      </Menu.Dropdown>
    </Menu>
  )
}

function Items() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = useSignOut()
  return (
    <>
      <div className={classes.theme}>
        <Choice label="Theme" value={colorScheme} options={THEMES} onChange={setColorScheme} />
      </div>
      <Menu.Item
        leftSection={<IconSettings size={18} stroke={1.7} />}
        component={Link}
        to="/settings"
      >
        Settings
      </Menu.Item>
      <Menu.Item
        leftSection={<IconKeyboard size={18} stroke={1.7} />}
        onClick={() => panels.open('keys')}
      >
        Keys
      </Menu.Item>
      <Menu.Item leftSection={<IconLogout size={18} stroke={1.7} />} onClick={() => void signOut()}>
        Sign out
      </Menu.Item>
    </>
  )
}
