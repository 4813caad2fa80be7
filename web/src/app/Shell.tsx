import { useLocalStorage } from '@mantine/hooks'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { me } from '@/features/account/queries'
import { isAdmin } from '@/features/account/roles'
import { sectionAt } from '@/features/account/sections'
import { useActiveCount } from '@/features/jobs/queries'
import { useKeys } from '@/keys/useKeys'
import { AREAS, useAreas } from './areas'
import { CacheAlarm, GuestBanner, OfflineBanner } from './Banners'
import { useLive } from './live'
import { panels, usePanel } from './panels'
import { BottomBar, Rail } from './Rail'
import classes from './Shell.module.css'

const Palette = lazy(() => import('@/features/palette/Palette'))
const ActivityDrawer = lazy(() => import('@/features/activity/ActivityDrawer'))
const BookDrawer = lazy(() => import('@/features/book/BookDrawer'))
const CombinationsSheet = lazy(() => import('@/features/book/CombinationsSheet'))
const MaskEditor = lazy(() => import('@/features/masking/MaskEditor'))
const UpscaleSheet = lazy(() => import('@/features/upscaling/UpscaleSheet'))
const KeysHelp = lazy(() => import('./KeysHelp'))

/** The frame around every page of the studio. */
export function Shell() {
  const { data: account } = useSuspenseQuery(me)
  const [folded, setFolded] = useLocalStorage({ key: 'fabula.rail', defaultValue: false })
  useLive()
  useShellKeys(() => setFolded((before) => !before))
  const panel = usePanel()
  const title = useTitle()
  return (
    <div className={`${classes.shell} ${folded ? classes.folded : ''}`}>
      <title>{title}</title>
      <a className={classes.skip} href="#main">
        To the content
      </a>
      <Rail folded={folded} onFold={() => setFolded(!folded)} name={account.display_name} />
      <div className={classes.main} id="main">
        {account.shared ? <GuestBanner /> : null}
        <OfflineBanner />
        {isAdmin(account) ? <CacheAlarm /> : null}
        <Outlet />
      </div>
      <BottomBar name={account.display_name} />
      <Suspense fallback={null}>
        {panel === 'palette' ? <Palette onClose={panels.close} /> : null}
        {panel === 'activity' ? <ActivityDrawer onClose={panels.close} /> : null}
        {panel === 'book' ? <BookDrawer onClose={panels.close} /> : null}
        {panel === 'combinations' ? <CombinationsSheet onClose={panels.close} /> : null}
        {panel === 'part' || panel === 'extend' ? (
          <MaskEditor way={panel === 'part' ? 'paint' : 'extend'} onClose={panels.close} />
        ) : null}
        {panel === 'upscale' ? <UpscaleSheet onClose={panels.close} /> : null}
        {panel === 'keys' ? <KeysHelp onClose={panels.close} /> : null}
      </Suspense>
    </div>
  )
}

/** The page's name, and before it how many jobs are under way: `(2) Workspace · Fabula`. */
function useTitle(): string {
  const path = useLocation({ select: (location) => location.pathname })
  const { running, waiting } = useActiveCount()
  const page = AREAS.find((area) => path.startsWith(area.to))?.label ?? sectionAt(path)?.label
  const active = running + waiting
  return `${active ? `(${active}) ` : ''}${page ? `${page} · ` : ''}Fabula`
}

function useShellKeys(fold: () => void): void {
  const navigate = useNavigate()
  const go = Object.fromEntries(
    useAreas().map((area) => [area.key, () => void navigate({ to: area.to })]),
  )
  useKeys({
    ...go,
    'go.account': () => void navigate({ to: '/account' }),
    palette: () => panels.toggle('palette'),
    search: () => panels.open('palette'),
    activity: () => panels.open('activity'),
    book: () => panels.open('book'),
    help: () => panels.open('keys'),
    'rail.toggle': fold,
  })
}
