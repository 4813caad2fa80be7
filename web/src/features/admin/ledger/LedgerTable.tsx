import type { StudioEntryOut, NamedPersonOut } from '@/api'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconCoins } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { fullTime, signed, when } from '@/ui/format'
import { EmptyState } from '@/ui/States'
import { Endless } from '../Endless'
import { ledgerList, type LedgerFilter } from '../queries'
import rows from '../rows.module.css'
import { kindName, sumsOf } from './kinds'
import classes from './LedgerTable.module.css'

interface LedgerTableProps {
  filter: LedgerFilter
  /** Whether each entry says whose it is; not where all are of one person. */
  people?: boolean
  empty: ReactNode
}

/** Entries of the ledger, newest first, with their sums. */
export function LedgerTable({ filter, people = true, empty }: LedgerTableProps) {
  const list = useInfiniteQuery(ledgerList(filter))
  return (
    <Endless
      list={list}
      what="The ledger"
      skeleton={<LedgerSkeleton people={people} />}
      empty={
        <EmptyState icon={IconCoins} title="No entries">
          {empty}
        </EmptyState>
      }
    >
      {(entries) => (
        <>
          <Sums entries={entries} more={list.hasNextPage} />
          <table className={`${rows.table} ${classes.ledger}`}>
            <Head people={people} />
            <tbody>
              {entries.map((entry) => (
                <Row key={entry.id} entry={entry} people={people} />
              ))}
            </tbody>
          </table>
        </>
      )}
    </Endless>
  )
}

function Sums({ entries, more }: { entries: readonly StudioEntryOut[]; more: boolean }) {
  const sums = sumsOf(entries)
  if (sums.length === 0) return null
  return (
    <section className={classes.sums} aria-label="Sums">
      <dl className={classes.each}>
        {sums.map(({ kind, sum }) => (
          <div key={kind}>
            <dt>{kindName(kind)}</dt>
            <dd>{signed(sum)}</dd>
          </div>
        ))}
      </dl>
      <p className={classes.of}>{more ? 'of the entries read so far' : 'of all these entries'}</p>
    </section>
  )
}

function Head({ people }: { people: boolean }) {
  return (
    <thead>
      <tr>
        <th scope="col">When</th>
        {people ? <th scope="col">Person</th> : null}
        <th scope="col">What</th>
        <th scope="col">By</th>
        <th scope="col" className={rows.number}>
          Credits
        </th>
        <th scope="col" className={rows.number}>
          After
        </th>
      </tr>
    </thead>
  )
}

function Row({ entry, people }: { entry: StudioEntryOut; people: boolean }) {
  return (
    <tr>
      <td className={`${rows.quiet} ${classes.when}`}>
        <time dateTime={entry.created_at} title={fullTime(entry.created_at)}>
          {when(entry.created_at)}
        </time>
      </td>
      {people ? (
        <td className={classes.person}>
          <PersonLink person={entry.account} />
        </td>
      ) : null}
      <td className={classes.what}>
        {kindName(entry.kind)}
        {entry.reason ? <div className={rows.quiet}>{entry.reason}</div> : null}
      </td>
      <td className={`${rows.quiet} ${classes.by}`}>
        {entry.by ? (entry.by.username ?? 'somebody who left') : 'the studio'}
      </td>
      <td
        className={`${rows.number} ${classes.amount}`}
        data-up={(entry.part === 'available' && entry.amount > 0) || undefined}
      >
        {signed(entry.amount)}
        {entry.part === 'reserved' ? <span className={classes.held}>held</span> : null}
      </td>
      <td className={`${rows.number} ${rows.quiet} ${classes.after}`}>
        {entry.balance_after.toLocaleString('en-GB')}
      </td>
    </tr>
  )
}

function PersonLink({ person }: { person: NamedPersonOut | null }) {
  if (!person?.username) return <span className={rows.quiet}>somebody who left</span>
  return (
    <Link
      className={classes.link}
      to="/admin/people/$personId"
      params={{ personId: person.id }}
      search={{ part: 'credits' }}
    >
      {person.username}
    </Link>
  )
}

function LedgerSkeleton({ people }: { people: boolean }) {
  const widths = [72, ...(people ? [84] : []), 150, 64, 32, 32]
  return (
    <div role="status" aria-label="Reading the ledger">
      <table className={`${rows.table} ${classes.ledger}`}>
        <Head people={people} />
        <tbody>
          {Array.from({ length: 8 }, (_, row) => (
            <tr key={row}>
              {widths.map((width, at) => (
                <td key={at}>
                  <span className={rows.bone} style={{ width }} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
