import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconShieldCheck, IconShieldQuestion } from '@tabler/icons-react'
import type { CreditsOut, MeOut } from '@/api'
import { count, date } from '@/ui/format'
import classes from './Overview.module.css'
import { Panel, PanelError, RowsSkeleton } from './Panel'
import { balance, me } from './queries'
import { Quotas } from './Quotas'
import { planName, roleWords } from './roles'

/** Who one is here, what one may do, and how much of it is used. */
export default function OverviewSection() {
  const account = useQuery(me)
  const credits = useQuery(balance)
  return (
    <>
      {account.data ? <Person account={account.data} plan={credits.data?.plan} /> : null}
      {credits.data?.enabled ? <Balance credits={credits.data} /> : null}
      <Panel title="Limits" about="How much of what your plan allows is used.">
        {credits.data ? <Quotas quotas={credits.data.quotas} /> : null}
        {credits.isPending ? <RowsSkeleton rows={2} /> : null}
        {credits.isError && !credits.data ? (
          <PanelError
            what="Your limits"
            error={credits.error}
            onRetry={() => void credits.refetch()}
          />
        ) : null}
      </Panel>
      {account.data && !account.data.shared ? <Safety account={account.data} /> : null}
    </>
  )
}

function Person({ account, plan }: { account: MeOut; plan: string | undefined }) {
  return (
    <Panel title={account.display_name} about={`Here since ${date(account.created_at)}`}>
      <dl className={classes.facts}>
        {account.username === account.display_name ? null : (
          <div>
            <dt>User name</dt>
            <dd>{account.username}</dd>
          </div>
        )}
        <div>
          <dt>Plan</dt>
          <dd>{plan === undefined ? '…' : planName(plan)}</dd>
        </div>
        <div className={classes.wide}>
          <dt>{account.roles.length === 1 ? 'Role' : 'Roles'}</dt>
          <dd className={classes.roles}>
            {account.roles.map((role) => {
              const words = roleWords(role)
              return (
                <div key={role}>
                  {words.name} <span className={classes.may}>{words.may}</span>
                </div>
              )
            })}
          </dd>
        </div>
      </dl>
    </Panel>
  )
}

function Balance({ credits }: { credits: CreditsOut }) {
  return (
    <Panel
      title="Credits"
      aside={
        <Button component={Link} to="/account/credits" variant="default">
          Movements and usage
        </Button>
      }
    >
      <p>
        <strong className={classes.number}>{credits.balance.toLocaleString('en-GB')}</strong>{' '}
        <span className={classes.may}>
          to spend
          {credits.reserved ? `, and ${count(credits.reserved, 'credit')} held by jobs` : ''}
        </span>
      </p>
    </Panel>
  )
}

function Safety({ account }: { account: MeOut }) {
  const Mark = account.two_factor ? IconShieldCheck : IconShieldQuestion
  return (
    <Panel
      title="Safety"
      aside={
        <Button component={Link} to="/account/sign-in" variant="default">
          {account.two_factor ? 'Signing in' : 'Make it safer'}
        </Button>
      }
    >
      <p className={classes.safety} data-good={account.two_factor || undefined}>
        <Mark size={20} stroke={1.7} aria-hidden />
        {safetyOf(account)}
      </p>
    </Panel>
  )
}

function safetyOf({ has_password, two_factor }: MeOut): string {
  if (two_factor) return 'Two-factor sign-in is on.'
  if (has_password) return 'A password alone opens this account. A second factor makes it safer.'
  return 'No password is set: the next time you need a link again.'
}
