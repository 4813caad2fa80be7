import { sdk, type PersonOut } from '@/api'
import { Button, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Panel } from '@/features/account/Panel'
import panel from '../panel.module.css'
import { ReasonForm } from '../ReasonForm'
import { usePersonAction } from './usePersonAction'

/** Deletes an account for good; its name is typed so that it is the right one. */
export function DeletePanel({ person }: { person: PersonOut }) {
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const navigate = useNavigate()
  const remove = usePersonAction(
    async (reason: string) => {
      await sdk.deletePerson({ path: { person_id: person.id }, body: { reason } })
      // Before the lists are read anew, so that nobody asks for a person who is gone.
      await navigate({ to: '/admin/people', replace: true })
    },
    () => `${person.username} is deleted`,
  )
  return (
    <Panel
      title="Delete"
      about="The account, its pictures, workspace, library, sessions and keys go for good, and its jobs are cancelled. The ledger and the trail keep their entries without the person."
    >
      {open ? (
        <ReasonForm
          action="Delete the account for good"
          danger
          pending={remove.isPending}
          error={remove.error}
          disabled={typed.trim() !== person.username}
          onSubmit={remove.mutate}
        >
          <TextInput
            label={`Type ${person.username} to go on`}
            size="md"
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </ReasonForm>
      ) : (
        <div className={panel.actions}>
          <Button variant="default" onClick={() => setOpen(true)}>
            Delete this account…
          </Button>
        </div>
      )}
    </Panel>
  )
}
