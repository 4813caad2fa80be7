import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { sdk, type PersonOut } from '@/api'
import { keys } from '@/api/keys'
import { UsageChart } from '@/features/account/credits/UsageChart'
import { usageOf, utcToday } from '@/features/account/credits/usage'
import { Choice } from '@/ui/Fields'
import { LedgerTable } from '../ledger/LedgerTable'
import { Panel, PanelError } from '@/features/account/Panel'
import panel from '../panel.module.css'
import { GrantPanel } from './GrantPanel'

/** What a person has, got, paid and made. */
export function CreditsPart({ person }: { person: PersonOut }) {
  return (
    <div className={panel.panels}>
      <GrantPanel person={person} />
      <UsagePanel person={person} />
      <section aria-label="Ledger">
        <LedgerTable
          filter={{ account: person.id }}
          people={false}
          empty={`${person.username} has got and paid no credits yet.`}
        />
      </section>
    </div>
  )
}

const SPANS = [30, 90] as const

function UsagePanel({ person }: { person: PersonOut }) {
  const [days, setDays] = useState<number>(SPANS[0])
  const usage = useQuery({
    queryKey: [...keys.personUsage(person.id), days],
    queryFn: () => sdk.usageOfPerson({ path: { person_id: person.id }, query: { days } }),
  })
  const shown = usage.data ? usageOf(usage.data.items, 'format', days, utcToday()) : null
  return (
    <Panel
      title="Usage"
      about="What was made, day by day."
      aside={
        <Choice
          label="Last days"
          value={days}
          options={SPANS.map((value) => ({
            value,
            label: <span className={panel.tick}>{value}</span>,
          }))}
          onChange={setDays}
        />
      }
    >
      {usage.isError ? (
        <PanelError what="The usage" error={usage.error} onRetry={() => void usage.refetch()} />
      ) : null}
      {shown && shown.total > 0 ? <UsageChart usage={shown} /> : null}
      {shown?.total === 0 ? <p className={panel.hint}>Nothing in these days.</p> : null}
    </Panel>
  )
}
