import { Button } from '@mantine/core'
import { sdk, sentenceOf, type PersonOut } from '@/api'
import { fullTime } from '@/ui/format'
import { Panel } from '@/features/account/Panel'
import panel from '../panel.module.css'
import { ReasonForm } from '../ReasonForm'
import { usePersonAction } from './usePersonAction'

/** Shuts an account out, or lets it in again. */
export function SuspensionPanel({ person }: { person: PersonOut }) {
  return person.suspended_at === null ? (
    <Suspend person={person} />
  ) : (
    <Restore person={person} since={person.suspended_at} />
  )
}

function Suspend({ person }: { person: PersonOut }) {
  const suspend = usePersonAction(
    (reason: string) => sdk.suspendPerson({ path: { person_id: person.id }, body: { reason } }),
    () => `${person.username} is suspended`,
  )
  return (
    <Panel
      title="Suspend"
      about="Their sessions end at once, their keys stop working, and they cannot sign in. What they made stays."
    >
      <ReasonForm
        action="Suspend"
        danger
        pending={suspend.isPending}
        error={suspend.error}
        onSubmit={suspend.mutate}
      />
    </Panel>
  )
}

function Restore({ person, since }: { person: PersonOut; since: string }) {
  const restore = usePersonAction(
    () => sdk.restorePerson({ path: { person_id: person.id } }),
    () => `${person.username} may come in again`,
  )
  return (
    <Panel
      title="Suspended"
      about={`Since ${fullTime(since)}: ${person.suspended_reason ?? 'no reason was given'}`}
    >
      {restore.isError ? (
        <p className={panel.error} role="alert">
          {sentenceOf(restore.error)}
        </p>
      ) : null}
      <div className={panel.actions}>
        <Button loading={restore.isPending} onClick={() => restore.mutate(undefined)}>
          Restore the account
        </Button>
      </div>
    </Panel>
  )
}
