import {
  IconActivity,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconSearch,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Fragment, lazy, Suspense, useState, type ComponentProps, type ReactNode } from 'react'
import { Ring } from '@/ui/Ring'
import { Tip } from '@/ui/Tip'
import { Mark } from '@/ui/Mark'
import { keyHint } from '@/keys/keymap'
import type { JobOut } from '@/api'
import { useBalance } from '@/features/account/queries'
import { runningJobs, useActiveCount, useProgress } from '@/features/jobs/queries'
import { AccountButton, type AccountButtonProps } from './AccountButton'
import { useAreas } from './areas'
import { panels } from './panels'
import classes from './Rail.module.css'

const loadMenu = () => import('./AccountMenu')
const AccountMenu = lazy(loadMenu)

interface RailProps {
  folded: boolean
  onFold: () => void
  name: string
}

/** The areas, and at the foot what runs and who is there. */
export function Rail({ folded, onFold, name }: RailProps) {
  const areas = useAreas()
  const Fold = folded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  const tip = (label: string, child: ReactNode) =>
    folded ? (
      <Tip label={label} side="beside">
        {child}
      </Tip>
    ) : (
      child
    )
  return (
    <nav className={`${classes.rail} ${folded ? classes.folded : ''}`} aria-label="Studio">
      <Link to="/workspace" className={classes.brand} aria-label="Fabula, to the workspace">
        <Mark size={30} />
        <span className={classes.word}>Fabula</span>
      </Link>
      {areas.map((area) => (
        <Fragment key={area.id}>
          {tip(
            area.label,
            <Link
              to={area.to}
              className={classes.item}
              {...(area.id === 'library' ? { 'data-flight': 'library' } : {})}
            >
              <span className={classes.icon}>
                <area.icon size={20} stroke={1.7} aria-hidden />
              </span>
              <span className={classes.label}>{area.label}</span>
            </Link>,
          )}
        </Fragment>
      ))}
      {tip(
        'Search and commands',
        <button type="button" className={classes.item} onClick={() => panels.open('palette')}>
          <span className={classes.icon}>
            <IconSearch size={20} stroke={1.7} aria-hidden />
          </span>
          <span className={classes.label}>Search</span>
          <span className={classes.hint}>{keyHint('palette')}</span>
        </button>,
      )}
      <div className={classes.space} />
      {tip('Activity', <ActivityButton className={classes.item} />)}
      {tip('Account', <Account account={name} />)}
      {tip(
        'Unfold the side bar',
        <button type="button" className={classes.item} onClick={onFold}>
          <span className={classes.icon}>
            <Fold size={20} stroke={1.7} aria-hidden />
          </span>
          <span className={classes.label}>{folded ? 'Unfold' : 'Fold'}</span>
          <span className={classes.hint}>[</span>
        </button>,
      )}
    </nav>
  )
}

/** The button of the account; what it opens is loaded when somebody is about to press it. */
function Account(own: Omit<AccountButtonProps, 'balance'>) {
  const [wanted, setWanted] = useState(false)
  const props = { ...own, balance: useBalance() }
  const plain = (
    <AccountButton
      {...props}
      onPointerEnter={() => void loadMenu()}
      onClick={() => setWanted(true)}
    />
  )
  return wanted ? (
    <Suspense fallback={plain}>
      <AccountMenu {...props} />
    </Suspense>
  ) : (
    plain
  )
}

function ActivityButton({ className, ...rest }: ComponentProps<'button'>) {
  const { running, waiting } = useActiveCount()
  const total = running + waiting
  const said = total ? `${running} running, ${waiting} waiting` : 'nothing running'
  return (
    <button
      type="button"
      className={className}
      onClick={() => panels.open('activity')}
      aria-label={`Activity: ${said}`}
      {...rest}
    >
      <span className={classes.icon}>
        <ActivityIcon size={20} />
      </span>
      <span className={classes.label}>Activity</span>
      {total ? <span className={classes.badge}>{total}</span> : null}
    </button>
  )
}

/** A ring for the job that runs, else the plain icon. */
function ActivityIcon({ size }: { size: number }) {
  const { data } = useQuery(runningJobs)
  const job = data?.items.at(-1)
  return job ? (
    <JobRing job={job} size={size} />
  ) : (
    <IconActivity size={size} stroke={1.7} aria-hidden />
  )
}

function JobRing({ job, size }: { job: JobOut; size: number }) {
  const { fraction } = useProgress(job)
  return (
    <span className={classes.ring}>
      <Ring value={Math.max(fraction, 0.04)} size={size} thickness={2.5} />
    </span>
  )
}

/** The same on a phone, in reach of the thumb. */
export function BottomBar({ name }: { name: string }) {
  const { running, waiting } = useActiveCount()
  const areas = useAreas()
  return (
    <nav className={classes.bar} aria-label="Studio">
      {areas.map((area) => (
        <Link key={area.id} to={area.to} className={classes.tab}>
          <area.icon size={22} stroke={1.7} aria-hidden />
          {area.label}
        </Link>
      ))}
      <button type="button" className={classes.tab} onClick={() => panels.open('activity')}>
        <ActivityIcon size={22} />
        Activity
        {running + waiting ? <span className={classes.tabBadge}>{running + waiting}</span> : null}
      </button>
      <Account account={name} tab />
    </nav>
  )
}
