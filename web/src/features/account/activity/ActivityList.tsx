import {
  IconBrush,
  IconCoins,
  IconKey,
  IconLogin2,
  IconShieldX,
  IconUser,
  type Icon,
} from '@tabler/icons-react'
import type { ActivityOut } from '@/api'
import { deviceName } from '@/features/account/security/device'
import { dayName, fullTime, timeOfDay } from '@/ui/format'
import { ACTIONS, isAction, sentenceFor, type NameOf, type Topic } from './actions'
import classes from './ActivityList.module.css'

const ICONS: Record<Topic, Icon> = {
  'signing in': IconLogin2,
  keys: IconKey,
  people: IconUser,
  credits: IconCoins,
  studio: IconBrush,
  refusal: IconShieldX,
}

interface ActivityListProps {
  /** Entries of the trail, newest first. */
  entries: readonly ActivityOut[]
  /** Names of accounts, for the sentences about other people. */
  nameOf?: NameOf
  /** Who did it, before the sentence; without it the list is of one person. */
  actorOf?: (entry: ActivityOut) => string
}

/** The trail in plain sentences, day by day. */
export function ActivityList({ entries, nameOf, actorOf }: ActivityListProps) {
  return daysOf(entries).map(({ day, entries: ofDay }) => (
    <section key={ofDay[0]?.id} className={classes.day}>
      <h3 className={classes.date}>{day}</h3>
      <ul className={classes.list}>
        {ofDay.map((entry) => (
          <Row key={entry.id} entry={entry} nameOf={nameOf} actor={actorOf?.(entry)} />
        ))}
      </ul>
    </section>
  ))
}

interface RowProps {
  entry: ActivityOut
  nameOf?: NameOf
  actor?: string
}

function Row({ entry, nameOf, actor }: RowProps) {
  const Mark = isAction(entry.action) ? ICONS[ACTIONS[entry.action].topic] : IconUser
  const place = [entry.ip_address, entry.user_agent ? deviceName(entry.user_agent) : null]
  return (
    <li className={classes.row}>
      <Mark size={20} stroke={1.7} className={classes.mark} aria-hidden />
      <div className={classes.what}>
        <div>
          {actor ? <span className={classes.actor}>{actor}: </span> : null}
          {sentenceFor(entry, nameOf)}
        </div>
        <div className={classes.note}>{place.filter(Boolean).join(' · ')}</div>
      </div>
      <time className={classes.time} dateTime={entry.created_at} title={fullTime(entry.created_at)}>
        {timeOfDay(entry.created_at)}
      </time>
    </li>
  )
}

function daysOf(entries: readonly ActivityOut[]): { day: string; entries: ActivityOut[] }[] {
  const days: { day: string; entries: ActivityOut[] }[] = []
  for (const entry of entries) {
    const day = dayName(entry.created_at)
    const last = days.at(-1)
    if (last?.day === day) last.entries.push(entry)
    else days.push({ day, entries: [entry] })
  }
  return days
}
