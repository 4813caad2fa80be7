import { IconArrowLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { sentenceOf, type PersonOut } from '@/api'
import { me } from '@/features/account/queries'
import { roleName } from '@/features/account/roles'
import { fullTime, when } from '@/ui/format'
import { ErrorState } from '@/ui/States'
import { personById } from '../queries'
import rows from '../rows.module.css'
import { PARTS, type Part } from '../search'
import { StateTag } from '../StateTag'
import { AccountPart } from './AccountPart'
import { ActivityPart } from './ActivityPart'
import { CreditsPart } from './CreditsPart'
import classes from './PersonPage.module.css'
import { SignInPart } from './SignInPart'

const LABELS: Record<Part, string> = {
  account: 'Account',
  'sign-in': 'Sign-in',
  credits: 'Credits',
  activity: 'Activity',
}

/** One person: who they are here, and everything that an admin may do about it. */
export default function PersonPage() {
  const { personId } = useParams({ from: '/studio/admin/people/$personId' })
  const { part = 'account' } = useSearch({ from: '/studio/admin/people/$personId' })
  const found = useQuery(personById(personId))
  const person = found.data
  return (
    <>
      <Link to="/admin/people" className={classes.back}>
        <IconArrowLeft size={18} stroke={1.7} aria-hidden /> People
      </Link>
      {found.isPending ? <PersonSkeleton /> : null}
      {found.isError && !person ? (
        <ErrorState
          title="This person could not be read"
          reason={sentenceOf(found.error)}
          onRetry={() => void found.refetch()}
        />
      ) : null}
      {person ? (
        <>
          <Header person={person} />
          <nav className={classes.parts} aria-label={`About ${person.username}`}>
            {PARTS.map((each) => (
              <Link
                key={each}
                to="/admin/people/$personId"
                params={{ personId }}
                search={each === 'account' ? {} : { part: each }}
                activeOptions={{ exact: true, includeSearch: true }}
                replace
                className={classes.part}
              >
                {LABELS[each]}
              </Link>
            ))}
          </nav>
          {/* What was typed about one person is not kept for the next. */}
          <PartOf key={person.id} part={part} person={person} />
        </>
      ) : null}
    </>
  )
}

function PartOf({ part, person }: { part: Part; person: PersonOut }) {
  if (part === 'sign-in') return <SignInPart person={person} />
  if (part === 'credits') return <CreditsPart person={person} />
  if (part === 'activity') return <ActivityPart person={person} />
  return <AccountPart person={person} />
}

function Header({ person }: { person: PersonOut }) {
  const { data: account } = useQuery(me)
  return (
    <header className={classes.header}>
      <div className={classes.who}>
        <h1 className={rows.heading}>{person.username}</h1>
        {account?.id === person.id ? <span className={classes.you}>this is you</span> : null}
        <StateTag suspended={person.suspended_at !== null} />
      </div>
      <dl className={classes.facts}>
        <Fact name="Roles">{person.roles.map(roleName).join(', ')}</Fact>
        <Fact name="Plan">{person.plan ?? 'none'}</Fact>
        <Fact name="Credits">{person.balance.toLocaleString('en-GB')}</Fact>
        <Fact name="Last seen">
          {person.last_seen_at ? (
            <time dateTime={person.last_seen_at} title={fullTime(person.last_seen_at)}>
              {when(person.last_seen_at)}
            </time>
          ) : (
            'never'
          )}
        </Fact>
        <Fact name="Here since">
          <time dateTime={person.created_at}>{fullTime(person.created_at)}</time>
        </Fact>
      </dl>
    </header>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function PersonSkeleton() {
  return (
    <div className={classes.header} role="status" aria-label="Reading the person">
      <div className={classes.who}>
        <span className={rows.bone} style={{ width: 180, height: 24 }} />
      </div>
      <dl className={classes.facts}>
        {['Roles', 'Plan', 'Credits', 'Last seen', 'Here since'].map((name) => (
          <Fact key={name} name={name}>
            <span className={rows.bone} style={{ width: 72 }} />
          </Fact>
        ))}
      </dl>
    </div>
  )
}
