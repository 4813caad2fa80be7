import { Button } from '@mantine/core'
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react'
import { fullTime, when } from '@/ui/format'
import { deviceName, isHandheld } from './device'
import classes from './SessionList.module.css'

/** A browser that is signed in to an account. */
export interface SignedIn {
  id: string
  user_agent: string | null
  ip_address: string | null
  created_at: string
  last_seen_at: string
  /** The browser that this page runs in. */
  current: boolean
}

interface SessionListProps {
  sessions: readonly SignedIn[]
  /** Ends one; without it they are only shown. */
  onEnd?: (id: string) => void
  /** Those that are being ended. */
  ending?: ReadonlySet<string>
}

/** Where an account is signed in. */
export function SessionList({ sessions, onEnd, ending }: SessionListProps) {
  return (
    <ul className={classes.list}>
      {sessions.map((session) => {
        const device = deviceName(session.user_agent)
        const Picture = isHandheld(session.user_agent) ? IconDeviceMobile : IconDeviceDesktop
        return (
          <li key={session.id} className={classes.row}>
            <Picture size={20} stroke={1.7} className={classes.mark} aria-hidden />
            <div className={classes.what}>
              <div title={session.user_agent ?? undefined}>
                {device}
                {session.current ? <span className={classes.here}>this browser</span> : null}
              </div>
              <div className={classes.note}>
                {session.ip_address ? `${session.ip_address} · ` : ''}
                seen {when(session.last_seen_at)} · since {fullTime(session.created_at)}
              </div>
            </div>
            {onEnd && !session.current ? (
              <Button
                variant="subtle"
                color="gray"
                aria-label={`Sign out ${device}, seen ${when(session.last_seen_at)}`}
                loading={ending?.has(session.id)}
                onClick={() => onEnd(session.id)}
              >
                Sign out
              </Button>
            ) : null}
          </li>
        )
      })}
    </ul>
  )
}
