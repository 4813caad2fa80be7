import { Button, TextInput } from '@mantine/core'
import { useState, type SubmitEvent } from 'react'
import { sentenceOf } from '@/api'
import { api, type Person } from '../contract'
import { Panel } from '../Panel'
import panel from '../panel.module.css'
import { usePersonAction } from './usePersonAction'

/** The plan of an account, which sets its quotas. */
export function PlanPanel({ person }: { person: Person }) {
  const [plan, setPlan] = useState(person.plan ?? '')
  const wanted = plan.trim()
  const change = usePersonAction(
    (next: string) => api.setPlan(person.id, next || null),
    (next) =>
      next ? `${person.username} is on the plan ${next}` : `${person.username} is on no plan`,
  )
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (wanted !== (person.plan ?? '')) change.mutate(wanted)
  }
  return (
    <Panel
      title="Plan"
      about="A plan of the settings, with its own quotas. Empty is the studio’s own quotas."
    >
      <form className={`${panel.form} ${panel.short}`} onSubmit={submit} aria-label="Plan">
        <TextInput
          label="Name of the plan"
          size="md"
          maxLength={60}
          autoComplete="off"
          placeholder="none"
          value={plan}
          error={change.isError ? sentenceOf(change.error) : undefined}
          onChange={(event) => {
            setPlan(event.currentTarget.value)
            if (change.isError) change.reset()
          }}
        />
        <div className={panel.actions}>
          <Button
            type="submit"
            variant="default"
            loading={change.isPending}
            disabled={wanted === (person.plan ?? '')}
          >
            Change the plan
          </Button>
        </div>
      </form>
    </Panel>
  )
}
