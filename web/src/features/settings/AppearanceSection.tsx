import { useMantineColorScheme } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Panel } from '@/features/account/Panel'
import { ContentPart } from '@/features/rating/ContentPart'
import { content, isOffered } from '@/features/rating/queries'
import { isTileSize, type TileSize } from '@/features/library/sizes'
import { Choice } from '@/ui/Fields'
import type { ThemeChoice } from '@/ui/theme'
import classes from './Settings.module.css'

const ICON = { size: 18, stroke: 1.7, 'aria-hidden': true } as const

/** Theme, how large the library's pictures are, and which content is shown. */
export default function AppearanceSection() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const found = useQuery(content).data
  const [size, setSize] = useLocalStorage({ key: 'fabula.library.size', defaultValue: 'medium' })
  return (
    <>
      <Panel title="Appearance" about="Kept in this browser.">
        <div className={classes.form}>
          <Choice<ThemeChoice>
            label="Theme"
            value={colorScheme}
            onChange={setColorScheme}
            options={[
              {
                value: 'dark',
                name: 'Dark',
                label: <Face icon={<IconMoon {...ICON} />} text="Dark" />,
              },
              {
                value: 'light',
                name: 'Light',
                label: <Face icon={<IconSun {...ICON} />} text="Light" />,
              },
              {
                value: 'auto',
                name: 'As the system',
                label: <Face icon={<IconDeviceDesktop {...ICON} />} text="As the system" />,
              },
            ]}
          />
          <Choice<TileSize>
            label="Library"
            value={isTileSize(size) ? size : 'medium'}
            onChange={setSize}
            options={[
              { value: 'small', label: 'Small' },
              { value: 'medium', label: 'Medium' },
              { value: 'large', label: 'Large' },
            ]}
          />
        </div>
      </Panel>
      {found && isOffered(found) ? (
        <Panel title="Content" about="Who what you make and see is for.">
          <ContentPart found={found} />
        </Panel>
      ) : null}
    </>
  )
}

function Face({ icon, text }: { icon: React.ReactNode; text: string }) {
  return (
    <span className={classes.face}>
      {icon}
      {text}
    </span>
  )
}
