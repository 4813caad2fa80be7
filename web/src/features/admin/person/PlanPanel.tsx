import { sdk, sentenceOf, type PersonOut } from '@/api'
import { Choice } from '@/ui/Fields'
import { Panel } from '@/features/account/Panel'
import panel from '../panel.module.css'
import { usePersonAction } from './usePersonAction'

/** The plans that an account can be on; which of them have quotas is a setting of the studio. */
const PLANS = ['starter', 'pro', 'creator'] as const
const NONE = ''

/** The plan of an account, which sets its quotas. */
export function PlanPanel({ person }: { person: PersonOut }) {
  const change = usePersonAction(
    (plan: string) => sdk.setPlan({ path: { person_id: person.id }, body: { plan: plan || null } }),
    (plan) =>
      plan ? `${person.username} is on the plan ${plan}` : `${person.username} has no plan`,
  )
  return (
    <Panel
      title="Plan"
      about="A plan has its own quotas, which stand in the studio’s settings. Without one the studio’s own quotas hold."
    >
      <div className={panel.short}>
        <Choice
          label="Plan"
          value={change.isPending ? change.variables : (person.plan ?? NONE)}
          options={[
            { value: NONE, label: 'None', disabled: change.isPending },
            ...PLANS.map((plan) => ({ value: plan, label: plan, disabled: change.isPending })),
          ]}
          onChange={change.mutate}
        />
      </div>
      {change.isError ? (
        <p className={panel.error} role="alert">
          {sentenceOf(change.error)}
        </p>
      ) : null}
    </Panel>
  )
}
