import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { PeriodFields, SelectField } from '@/ui/Fields'
import { csvAddress } from '../csv'
import { spanOf } from '../days'
import { Filters } from '../Filters'
import { PersonFilter } from '../PersonFilter'
import rows from '../rows.module.css'
import type { LedgerSearch } from '../search'
import { KINDS, kindName, type EntryKind } from './kinds'
import { LedgerTable } from './LedgerTable'

/** Every movement of everybody's credits. */
export default function LedgerPage() {
  const search = useSearch({ from: '/studio/admin/ledger' })
  const navigate = useNavigate()
  const change = (next: LedgerSearch) =>
    void navigate({ to: '/admin/ledger', search: (old) => ({ ...old, ...next }), replace: true })
  const filter = {
    ...(search.person ? { account: search.person } : {}),
    ...(search.kind ? { kind: search.kind } : {}),
    ...spanOf(search),
  }
  const filtered = Object.keys(filter).length > 0
  return (
    <>
      <header className={rows.head}>
        <h1 className={rows.heading}>Ledger</h1>
        <span className={rows.said} />
        <Button
          component="a"
          href={csvAddress('ledger', filter)}
          download
          variant="default"
          leftSection={<IconDownload size={18} stroke={1.7} aria-hidden />}
        >
          Export CSV
        </Button>
      </header>
      <Filters
        set={[search.kind, search.since, search.until].filter(Boolean).length}
        more={
          <>
            <SelectField
              label="Kind"
              value={search.kind ?? ''}
              options={[
                { value: '', label: 'Any kind' },
                ...KINDS.map((value) => ({ value, label: kindName(value) })),
              ]}
              onChange={(kind) => change({ kind: (kind || undefined) as EntryKind | undefined })}
            />
            <PeriodFields value={search} onChange={change} />
          </>
        }
      >
        <PersonFilter value={search.person} onChange={(person) => change({ person })} />
      </Filters>
      <LedgerTable
        filter={filter}
        empty={
          filtered ? (
            <>
              <p>Nothing moved that fits these filters.</p>
              <Button
                variant="default"
                mt={12}
                onClick={() =>
                  change({ person: undefined, kind: undefined, since: undefined, until: undefined })
                }
              >
                Show everything
              </Button>
            </>
          ) : (
            'Credits that people get, hold for jobs and pay are written here, and never changed.'
          )
        }
      />
    </>
  )
}
