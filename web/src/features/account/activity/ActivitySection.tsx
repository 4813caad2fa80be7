import { Button } from '@mantine/core'
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { sentenceOf } from '@/api'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import { me, trail } from '@/features/account/queries'
import { EndOfList } from '@/ui/EndOfList'
import { DayField, SelectField } from '@/ui/Fields'
import { ActivityList } from './ActivityList'
import { ACTIONS, isAction } from './actions'
import classes from './ActivitySection.module.css'
import { timesOf, type ActivitySearch } from './search'

/** The person's own part of the trail. */
export default function ActivitySection() {
  const search = useSearch({ from: '/studio/account/activity' })
  const { data: account } = useSuspenseQuery(me)
  const action = isAction(search.action) ? search.action : undefined
  const list = useInfiniteQuery(trail({ userId: account.id, action, ...timesOf(search) }))
  const entries = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data])
  const { fetchNextPage } = list
  const readOn = useCallback(() => void fetchNextPage(), [fetchNextPage])
  const filtered = Object.keys(search).length > 0
  const choose = useChoose()
  return (
    <Panel
      title="What was done with this account"
      about="Every sign-in, key and change of how one comes in, with where it came from. Nobody can change or remove an entry."
    >
      <Filter search={search} onChange={choose} staff={account.roles.includes('admin')} />
      {list.isPending ? <RowsSkeleton rows={6} height={52} /> : null}
      {list.isError && !list.data ? (
        <PanelError what="Your activity" error={list.error} onRetry={() => void list.refetch()} />
      ) : null}
      {entries ? (
        <div className={classes.days} data-old={list.isPlaceholderData || undefined}>
          <ActivityList
            entries={entries}
            nameOf={(id) => (id === account.id ? 'you' : undefined)}
          />
        </div>
      ) : null}
      {entries?.length === 0 ? (
        <div className={classes.empty}>
          <p className={classes.hint}>
            {filtered
              ? 'Nothing of this kind in these days.'
              : 'Nothing yet. When you sign in, make a key or change the password, it is written here.'}
          </p>
          {filtered ? (
            <Button
              variant="default"
              onClick={() => choose({ action: undefined, from: undefined, to: undefined })}
            >
              Show everything
            </Button>
          ) : null}
        </div>
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

function useChoose(): (change: ActivitySearch) => void {
  const navigate = useNavigate()
  return (change) =>
    void navigate({
      to: '/account/activity',
      search: (old) => ({ ...old, ...change }),
      replace: true,
      resetScroll: false,
    })
}

interface FilterProps {
  search: ActivitySearch
  /** Offers what only those do who look after the studio. */
  staff: boolean
  onChange: (change: ActivitySearch) => void
}

function Filter({ search, staff, onChange }: FilterProps) {
  const options = Object.entries(ACTIONS)
    .filter(([, words]) => staff || !words.staff)
    .map(([value, words]) => ({ value, label: words.label }))
  return (
    <div className={classes.filter} role="search" aria-label="Activity">
      <SelectField
        label="What"
        value={search.action ?? ''}
        options={[{ value: '', label: 'Everything' }, ...options]}
        onChange={(value) => onChange({ action: value || undefined })}
      />
      <DayField
        label="From"
        value={search.from}
        latest={search.to}
        onChange={(from) => onChange({ from })}
      />
      <DayField
        label="Until"
        value={search.to}
        earliest={search.from}
        onChange={(to) => onChange({ to })}
      />
    </div>
  )
}
