import { Menu, SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { IconKeyboard, IconLogout, IconSettings } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ThemeChoice } from '@/ui/theme'
import { panels } from './panels'
import { useSignOut } from './useSignOut'

const THEMES: { value: ThemeChoice; label: string }[] = [
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
  { value: 'auto', label: 'System' },
]

export function AccountMenuItems() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = useSignOut()
  return (
    <>
      <Menu.Label>Theme</Menu.Label>
      <SegmentedControl
        fullWidth
        size="sm"
        aria-label="Theme"
        data={THEMES}
        value={colorScheme}
        onChange={setColorScheme}
        mb={8}
        mx={4}
      />
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
