import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { sentenceOf, type CreditsOut } from '@/api'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import { balance, ledger, usage } from '@/features/account/queries'
import { useShowJob } from '@/features/jobs/useShowJob'
import { EndOfList } from '@/ui/EndOfList'
import { Choice } from '@/ui/Fields'
import { count } from '@/ui/format'
import classes from './Credits.module.css'
import { LedgerList } from './LedgerList'
import { DEFAULT_DAYS, PERIODS, type CreditsSearch } from './search'
import { UsageChart } from './UsageChart'
import { usageOf, utcToday, type SplitBy } from './usage'

/** What one has, what was made of it, and every movement. */
export default function CreditsSection() {
  const credits = useQuery(balance)
  return (
    <>
      {credits.isPending ? (
        <Panel title="Balance">
          <RowsSkeleton rows={1} />
        </Panel>
      ) : null}
      {credits.isError && !credits.data ? (
        <Panel title="Balance">
          <PanelError
            what="Your balance"
            error={credits.error}
            onRetry={() => void credits.refetch()}
          />
        </Panel>
      ) : null}
      {credits.data ? <Balance credits={credits.data} /> : null}
      <Usage />
      {credits.data?.enabled ? <Movements credits={credits.data} /> : null}
    </>
  )
}

function Balance({ credits }: { credits: CreditsOut }) {
  if (!credits.enabled) {
    return (
      <Panel title="Credits are off in this studio">
        <p className={classes.hint}>
          Nothing is charged here and no price stops you. What you make is counted all the same, and
          prices are shown so that you know what costs more to make.
        </p>
      </Panel>
    )
  }
  return (
    <Panel
      title="Balance"
      about="Make holds a job’s price. It pays for what it delivers, and the rest comes back."
    >
      <dl className={classes.balance}>
        <div>
          <dt>To spend</dt>
          <dd className={classes.number}>{credits.balance.toLocaleString('en-GB')}</dd>
        </div>
        <div>
          <dt>Held by jobs on their way</dt>
          <dd className={classes.number}>{credits.reserved.toLocaleString('en-GB')}</dd>
        </div>
      </dl>
      {credits.balance === 0 ? (
        <p className={classes.hint}>
          Nothing is left to spend. An admin of the studio can give you more.
        </p>
      ) : null}
    </Panel>
  )
}

function Usage() {
  const { days = DEFAULT_DAYS, by = 'format' } = useSearch({ from: '/studio/account/credits' })
  const navigate = useNavigate()
  const rows = useQuery(usage(days))
  const today = utcToday()
  const shown = useMemo(
    () => (rows.data ? usageOf(rows.data, by, days, today) : null),
    [rows.data, by, days, today],
  )
  const choose = (change: CreditsSearch) =>
    void navigate({
      to: '/account/credits',
      search: (old) => ({ ...old, ...change }),
      replace: true,
      resetScroll: false,
    })
  return (
    <Panel
      title="What you made"
      about="By day of UTC. Outputs are pictures and films that are done."
    >
      <div className={classes.choices}>
        <Choice<number>
          label="Time"
          value={days}
          options={PERIODS.map((period) => ({ value: period, label: `${period} days` }))}
          onChange={(next) => choose({ days: next === DEFAULT_DAYS ? undefined : next })}
        />
        <Choice<SplitBy>
          label="Split by"
          value={by}
          options={[
            { value: 'format', label: 'Format' },
            { value: 'quality', label: 'Quality' },
          ]}
          onChange={(next) => choose({ by: next === 'format' ? undefined : next })}
        />
      </div>
      {shown && shown.total > 0 ? <UsageChart usage={shown} /> : null}
      {shown?.total === 0 ? (
        <div className={classes.empty}>
          <p className={classes.hint}>
            Nothing in the last {count(days, 'day')}. Make a picture, and it is counted here with
            its price.
          </p>
          <Button component={Link} to="/workspace" variant="default">
            To the workspace
          </Button>
        </div>
      ) : null}
      {rows.isPending ? (
        <div className={classes.chartSkeleton} role="status" aria-label="Reading" />
      ) : null}
      {rows.isError && !rows.data ? (
        <PanelError what="Your usage" error={rows.error} onRetry={() => void rows.refetch()} />
      ) : null}
    </Panel>
  )
}

function Movements({ credits }: { credits: CreditsOut }) {
  const list = useInfiniteQuery(ledger)
  const showJob = useShowJob()
  const entries = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data])
  const { fetchNextPage } = list
  const readOn = useCallback(() => void fetchNextPage(), [fetchNextPage])
  return (
    <Panel
      title="Movements"
      about="All that came and went, newest first, with the balance after it."
    >
      {list.isPending ? <RowsSkeleton rows={5} /> : null}
      {list.isError && !list.data ? (
        <PanelError what="The ledger" error={list.error} onRetry={() => void list.refetch()} />
      ) : null}
      {entries?.length ? (
        <LedgerList
          entries={entries}
          balance={credits.balance}
          more={list.hasNextPage}
          onJob={(id) => void showJob(id)}
        />
      ) : null}
      {entries?.length === 0 ? (
        <p className={classes.hint}>
          No movements yet. Each job writes here what it held and paid, and each gift why it was
          given.
        </p>
      ) : null}
      <EndOfList
        more={list.hasNextPage}
        reading={list.isFetchingNextPage}
        error={list.isFetchNextPageError ? sentenceOf(list.error) : undefined}
        onMore={readOn}
      />
    </Panel>
  )
}
