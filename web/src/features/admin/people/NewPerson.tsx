import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type SubmitEvent } from 'react'
import { ApiError, sdk, sentenceOf } from '@/api'
import { keys } from '@/api/keys'
import { roleName } from '@/features/account/roles'
import { SelectField } from '@/ui/Fields'
import { OneTimeLink } from '../OneTimeLink'
import panel from '../panel.module.css'
import { permissions } from '../queries'
import { ROLES, type Role } from '../roles'
import { whatMay } from '../whatMay'

/** Makes an account, and shows the address at which its person comes in for the first time. */
export function NewPerson({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('basic_user')
  const client = useQueryClient()
  const navigate = useNavigate()
  const table = useQuery(permissions)
  const make = useMutation({
    mutationFn: () => sdk.makePerson({ body: { username: name.trim(), role } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.people }),
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (name.trim()) make.mutate()
  }
  const made = make.data
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      title={made ? made.person.username : 'New person'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {made ? (
        <div className={panel.form}>
          <OneTimeLink address={made.sign_in.address} name={made.person.username} />
          <div className={panel.actions}>
            <Button
              variant="default"
              onClick={() =>
                void navigate({
                  to: '/admin/people/$personId',
                  params: { personId: made.person.id },
                })
              }
            >
              To their page
            </Button>
          </div>
        </div>
      ) : (
        <form className={panel.form} onSubmit={submit} aria-label="New person">
          <TextInput
            label="User name"
            description="What they sign in with. It cannot be changed later."
            size="md"
            maxLength={40}
            autoComplete="off"
            data-autofocus
            value={name}
            error={make.isError ? sentenceOf(make.error) : undefined}
            onChange={(event) => {
              setName(event.currentTarget.value)
              if (make.error instanceof ApiError) make.reset()
            }}
          />
          <SelectField
            label="Role"
            value={role}
            options={ROLES.map((each) => ({ value: each, label: roleName(each) }))}
            onChange={(next) => setRole(next as Role)}
            hint={table.data ? whatMay(role, table.data) : undefined}
          />
          <div className={panel.actions}>
            <Button type="submit" loading={make.isPending} disabled={!name.trim()}>
              Make the account
            </Button>
          </div>
        </form>
      )}
    </Modal>
  )
}
