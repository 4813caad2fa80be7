import { Menu, Tooltip } from '@mantine/core'
import {
  IconActivity,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconSearch,
  IconUserCircle,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Ring } from '@/ui/Ring'
import { Mark } from '@/ui/Mark'
import { keyHint } from '@/keys/keymap'
import type { JobOut } from '@/api'
import { runningJobs, useActiveCount, useProgress } from '@/features/jobs/queries'
import { AccountMenuItems } from './AccountMenu'
import { AREAS } from './areas'
import { panels } from './panels'
import classes from './Rail.module.css'

interface RailProps {
  folded: boolean
  onFold: () => void
  name: string
}

/** The areas, and at the foot what runs and who is there. */
export function Rail({ folded, onFold, name }: RailProps) {
  const Fold = folded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  const tip = (label: string, child: ReactNode) => (
    <Tooltip label={label} position="right" disabled={!folded}>
      {child}
    </Tooltip>
  )
  return (
    <nav className={`${classes.rail} ${folded ? classes.folded : ''}`} aria-label="Studio">
      <Link to="/workspace" className={classes.brand} aria-label="Fabula, to the workspace">
        <Mark size={30} />
        <span className={classes.word}>Fabula</span>
      </Link>
      {AREAS.map((area) => (
        <Tooltip key={area.id} label={area.label} position="right" disabled={!folded}>
          <Link
            to={area.to}
            className={classes.item}
            {...(area.id === 'library' ? { 'data-flight': 'library' } : {})}
          >
            <span className={classes.icon}>
              <area.icon size={20} stroke={1.7} aria-hidden />
            </span>
            <span className={classes.label}>{area.label}</span>
          </Link>
        </Tooltip>
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
      {tip('Activity', <ActivityButton className={classes.item ?? ''} />)}
      <Menu position="right-end" width={240}>
        <Menu.Target>
          <button type="button" className={classes.item} aria-label={`Account of ${name}`}>
            <span className={classes.icon}>
              <IconUserCircle size={20} stroke={1.7} aria-hidden />
            </span>
            <span className={classes.label}>{name}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <AccountMenuItems />
        </Menu.Dropdown>
      </Menu>
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

function ActivityButton({ className, ...rest }: { className: string }) {
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
  return (
    <nav className={classes.bar} aria-label="Studio">
      {AREAS.map((area) => (
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
      <Menu position="top-end" width={260}>
        <Menu.Target>
          <button type="button" className={classes.tab} aria-label={`Account of ${name}`}>
            <IconUserCircle size={22} stroke={1.7} aria-hidden />
            Account
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <AccountMenuItems />
        </Menu.Dropdown>
      </Menu>
    </nav>
  )
}
