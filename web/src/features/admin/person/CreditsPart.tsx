import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { sentenceOf } from '@/api'
import { keys } from '@/api/keys'
import { UsageChart } from '@/features/account/credits/UsageChart'
import { usageOf, utcToday } from '@/features/account/credits/usage'
import { Choice } from '@/ui/Fields'
import { api, type Person } from '../contract'
import { LedgerTable } from '../ledger/LedgerTable'
import { Panel } from '../Panel'
import panel from '../panel.module.css'
import { GrantPanel } from './GrantPanel'

/** What a person has, got, paid and made. */
export function CreditsPart({ person }: { person: Person }) {
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

function UsagePanel({ person }: { person: Person }) {
  const [days, setDays] = useState<number>(SPANS[0])
  const usage = useQuery({
    queryKey: [...keys.personUsage(person.id), days],
    queryFn: () => api.usage(person.id, days),
  })
  const shown = usage.data ? usageOf(usage.data.items, 'format', days, utcToday()) : null
  return (
    <Panel
      title="Usage"
      about="What was made, day by day."
      side={
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
        <p className={panel.error} role="alert">
          The usage could not be read. {sentenceOf(usage.error)}
        </p>
      ) : null}
      {shown && shown.total > 0 ? <UsageChart usage={shown} /> : null}
      {shown?.total === 0 ? <p className={panel.hint}>Nothing in these days.</p> : null}
    </Panel>
  )
}
