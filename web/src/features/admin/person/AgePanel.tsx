import { sdk, type PersonOut } from '@/api'
import { Panel } from '@/features/account/Panel'
import { ReasonForm } from '../ReasonForm'
import { usePersonAction } from './usePersonAction'

/** Whether a person's age is verified; drawn only where the studio asks for it. */
export function AgePanel({ person }: { person: PersonOut }) {
  const verified = person.age_verified
  const change = usePersonAction(
    (reason: string) =>
      sdk.setAgeOfPerson({ path: { person_id: person.id }, body: { verified: !verified, reason } }),
    () =>
      verified
        ? `The age of ${person.username} is no longer verified`
        : `The age of ${person.username} is verified`,
  )
  return (
    <Panel
      title="Age"
      about={
        verified
          ? 'Verified. Withdraw it where there is doubt: it takes effect at once.'
          : 'Not verified. Verify it only where you know it.'
      }
    >
      <ReasonForm
        key={String(verified)}
        action={verified ? 'Withdraw' : 'Verify'}
        danger={verified}
        pending={change.isPending}
        error={change.error}
        onSubmit={change.mutate}
      />
    </Panel>
  )
}
