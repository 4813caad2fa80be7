import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type WorkspaceOut } from '@/api'
import { keys } from '@/api/keys'
import panel from '@/features/admin/panel.module.css'
import { keepDraft } from './draft'
import { titleOf } from './sessions'

interface SessionFormProps {
  /** The session to rename; null for a new one. */
  session: WorkspaceOut['session'] | null
  onClose: () => void
}

/** The name of a session, for one that begins or one that is there. */
export function SessionForm({ session, onClose }: SessionFormProps) {
  const client = useQueryClient()
  const [name, setName] = useState(session ? titleOf(session) : '')
  const save = useMutation({
    mutationFn: async () => {
      const body = { name: name.trim() }
      if (session) {
        await sdk.changeWorkspaceSession({ path: { session_id: session.id }, body })
        return
      }
      keepDraft()
      await sdk.openWorkspaceSession({ body })
    },
    onSuccess: () => {
      onClose()
      return client.invalidateQueries({ queryKey: keys.workspace })
    },
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (name.trim()) save.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      title={session ? 'Rename the session' : 'New session'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form className={panel.form} onSubmit={submit} aria-label="Session">
        <TextInput
          label="Name"
          description={
            session
              ? undefined
              : 'It begins with an empty prompt. What you made before stays in its own session.'
          }
          placeholder="Stormy coast"
          size="md"
          maxLength={100}
          autoComplete="off"
          data-autofocus
          value={name}
          error={save.isError ? sentenceOf(save.error) : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={panel.actions}>
          <Button type="submit" loading={save.isPending} disabled={!name.trim()}>
            {session ? 'Rename' : 'Begin'}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
