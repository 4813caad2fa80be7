import type { PersonOut } from '@/api'
import { IconShieldCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { roleName } from '@/features/account/roles'
import { when } from '@/ui/format'
import rows from '../rows.module.css'
import { StateTag } from '../StateTag'
import classes from './PeopleTable.module.css'

/** A row for each person; the whole row leads to their page. */
export function PeopleTable({ people }: { people: readonly PersonOut[] }) {
  return (
    <table className={`${rows.table} ${classes.people}`}>
      <Head />
      <tbody>
        {people.map((person) => (
          <Row key={person.id} person={person} />
        ))}
      </tbody>
    </table>
  )
}

function Head() {
  return (
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">Roles</th>
        <th scope="col">Plan</th>
        <th scope="col" className={rows.number}>
          Credits
        </th>
        <th scope="col">Last seen</th>
        <th scope="col">State</th>
      </tr>
    </thead>
  )
}

function Row({ person }: { person: PersonOut }) {
  return (
    <tr>
      <td className={classes.name}>
        <Link
          className={rows.rowLink}
          to="/admin/people/$personId"
          params={{ personId: person.id }}
        >
          {person.username}
        </Link>
        {person.two_factor ? (
          <span className={classes.factor} title="Signs in with two factors">
            <IconShieldCheck size={16} stroke={1.7} role="img" aria-label="two-factor sign-in" />
          </span>
        ) : null}
      </td>
      <td className={classes.roles}>{person.roles.map(roleName).join(', ')}</td>
      <td className={`${rows.quiet} ${classes.plan}`}>{person.plan ?? 'none'}</td>
      <td className={`${rows.number} ${classes.balance}`}>
        {person.balance.toLocaleString('en-GB')}
      </td>
      <td className={`${rows.quiet} ${classes.seen}`}>
        {person.last_seen_at ? when(person.last_seen_at) : 'never'}
      </td>
      <td className={classes.state}>
        <StateTag suspended={person.suspended_at !== null} />
      </td>
    </tr>
  )
}

const BONES = [120, 84, 150, 96, 132, 108, 90, 140]

/** The table before its people are known. */
export function PeopleSkeleton() {
  return (
    <table className={`${rows.table} ${classes.people}`} aria-label="Reading the people">
      <Head />
      <tbody>
        {BONES.map((width) => (
          <tr key={width}>
            {[width, 70, 48, 36, 88, 52].map((each, at) => (
              <td key={at} className={CELLS[at]}>
                <span className={rows.bone} style={{ width: each }} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const CELLS = [
  classes.name,
  classes.roles,
  classes.plan,
  `${rows.number ?? ''} ${classes.balance ?? ''}`,
  classes.seen,
  classes.state,
]
