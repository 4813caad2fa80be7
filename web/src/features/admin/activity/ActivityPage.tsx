import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { ACTIONS, isAction } from '@/features/account/activity/actions'
import { PeriodFields, SelectField } from '@/ui/Fields'
import { csvAddress } from '../csv'
import { spanOf } from '../days'
import { Filters } from '../Filters'
import { PersonFilter } from '../PersonFilter'
import rows from '../rows.module.css'
import type { TrailSearch } from '../search'
import { ChainCheck } from './ChainCheck'
import { TrailList } from './TrailList'

/** What entries of the trail are about. */
const RESOURCES: Readonly<Record<string, string>> = {
  account: 'Accounts',
  session: 'Sessions',
  api_key: 'API keys',
  model_config: 'Model configurations',
  system_config: 'The prompt cache',
  prompt_template: 'Templates',
  negative_prompt: 'Negative prompts',
  enhancement_preset: 'Presets',
  compel_config: 'Weight sets',
  ledger: 'Exports of the ledger',
  activity: 'Exports of the activity',
}

/** Everything that somebody did here for which they had to be allowed. */
export default function ActivityPage() {
  const search = useSearch({ from: '/studio/admin/activity' })
  const navigate = useNavigate()
  const change = (next: TrailSearch) =>
    void navigate({ to: '/admin/activity', search: (old) => ({ ...old, ...next }), replace: true })
  const filter = {
    ...(search.person ? { user_id: search.person } : {}),
    ...(isAction(search.action) ? { action: search.action } : {}),
    ...(search.resource ? { resource: search.resource } : {}),
    ...spanOf(search),
  }
  return (
    <>
      <header className={rows.head}>
        <h1 className={rows.heading}>Activity</h1>
        <span className={rows.said} />
        <ChainCheck />
        <Button
          component="a"
          href={csvAddress('activity', filter)}
          download
          variant="default"
          leftSection={<IconDownload size={18} stroke={1.7} aria-hidden />}
        >
          Export CSV
        </Button>
      </header>
      <Filters
        set={[search.action, search.resource, search.since, search.until].filter(Boolean).length}
        more={
          <>
            <SelectField
              label="Action"
              value={search.action ?? ''}
              options={[
                { value: '', label: 'Any action' },
                ...Object.entries(ACTIONS).map(([value, { label }]) => ({ value, label })),
              ]}
              onChange={(action) => change({ action: action || undefined })}
            />
            <SelectField
              label="About"
              value={search.resource ?? ''}
              options={[
                { value: '', label: 'Anything' },
                ...Object.entries(RESOURCES).map(([value, label]) => ({ value, label })),
                // One thing, as `account:ID`, comes from an address and not from this list.
                ...(search.resource && !(search.resource in RESOURCES)
                  ? [{ value: search.resource, label: search.resource }]
                  : []),
              ]}
              onChange={(resource) => change({ resource: resource || undefined })}
            />
            <PeriodFields value={search} onChange={change} />
          </>
        }
      >
        <PersonFilter value={search.person} onChange={(person) => change({ person })} />
      </Filters>
      <TrailList
        filter={filter}
        empty={
          Object.keys(filter).length ? (
            <>
              <p>Nothing was done that fits these filters.</p>
              <Button
                variant="default"
                mt={12}
                onClick={() =>
                  change({
                    person: undefined,
                    action: undefined,
                    resource: undefined,
                    since: undefined,
                    until: undefined,
                  })
                }
              >
                Show everything
              </Button>
            </>
          ) : (
            'Signing in, changes of accounts, roles, keys and settings are written here, and never changed.'
          )
        }
      />
    </>
  )
}
