import type { ActivityOut } from '@/api'
import { IconChevronRight, IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { sentenceFor, type NameOf } from '@/features/account/activity/actions'
import { deviceName } from '@/features/account/security/device'
import { fullTime, when } from '@/ui/format'
import { EmptyState } from '@/ui/States'
import { Endless } from '../Endless'
import { trailList, type TrailFilter } from '../queries'
import rows from '../rows.module.css'
import { changesOf, type Change } from './changes'
import classes from './TrailList.module.css'
import { useNames } from './useNames'

interface TrailListProps {
  filter: TrailFilter
  empty: ReactNode
}

/** Entries of the trail, newest first; each opens to what it changed. */
export function TrailList({ filter, empty }: TrailListProps) {
  const list = useInfiniteQuery(trailList(filter))
  const nameOf = useNames(list.data?.pages.flatMap((page) => page.items) ?? NONE)
  return (
    <Endless
      list={list}
      what="The activity"
      skeleton={<TrailSkeleton />}
      empty={
        <EmptyState icon={IconHistory} title="No entries">
          {empty}
        </EmptyState>
      }
    >
      {(entries) => (
        <ul className={classes.list}>
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} nameOf={nameOf} />
          ))}
        </ul>
      )}
    </Endless>
  )
}

const NONE: readonly ActivityOut[] = []

function Entry({ entry, nameOf }: { entry: ActivityOut; nameOf: NameOf }) {
  return (
    <li className={classes.entry}>
      <details>
        <summary className={classes.head}>
          <IconChevronRight size={16} stroke={1.7} className={classes.arrow} aria-hidden />
          <time
            className={classes.time}
            dateTime={entry.created_at}
            title={fullTime(entry.created_at)}
          >
            {when(entry.created_at)}
          </time>
          <span className={classes.who}>{entry.username ?? 'nobody signed in'}</span>
          <span className={classes.what}>{sentenceFor(entry, nameOf)}</span>
        </summary>
        <div className={classes.body}>
          <Changes changes={changesOf(entry.before, entry.after)} />
          <dl className={classes.facts}>
            <Fact name="Action">
              <code>{entry.action}</code>
            </Fact>
            {entry.resource_type ? (
              <Fact name="About">
                {entry.resource_type.replaceAll('_', ' ')} <code>{entry.resource_id}</code>
              </Fact>
            ) : null}
            <Fact name="When">{fullTime(entry.created_at)}</Fact>
            {entry.ip_address ? <Fact name="Address">{entry.ip_address}</Fact> : null}
            {entry.user_agent ? (
              <Fact name="With">
                <span title={entry.user_agent}>{deviceName(entry.user_agent)}</span>
              </Fact>
            ) : null}
          </dl>
        </div>
      </details>
    </li>
  )
}

function Changes({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <p className={classes.note}>It changed no values.</p>
  return (
    <table className={classes.changes}>
      <thead>
        <tr>
          <th scope="col">Value</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.name}>
            <th scope="row">{change.name.replaceAll('_', ' ')}</th>
            <td>{change.before === null ? <Nothing /> : <del>{change.before}</del>}</td>
            <td>{change.after === null ? <Nothing /> : <ins>{change.after}</ins>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const Nothing = () => <span className={classes.note}>nothing</span>

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function TrailSkeleton() {
  return (
    <ul className={classes.list} role="status" aria-label="Reading the activity">
      {[220, 180, 260, 200, 240, 170, 210, 190].map((width) => (
        <li key={width} className={classes.entry}>
          <div className={classes.head}>
            <span className={rows.bone} style={{ width: 72 }} />
            <span className={rows.bone} style={{ width: 84 }} />
            <span className={rows.bone} style={{ width }} />
          </div>
        </li>
      ))}
    </ul>
  )
}
