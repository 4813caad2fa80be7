import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type SubmitEvent } from 'react'
import { ApiError, sdk, sentenceOf, type MeOut } from '@/api'
import { Panel } from '@/features/account/Panel'
import parts from '@/features/account/parts.module.css'
import classes from './Data.module.css'

const FIELDS = ['username', 'password', 'code']

/** Deletes the account, once its name was typed and it was proved whose it is. */
export function DeletePart({ account }: { account: MeOut }) {
  const [asked, setAsked] = useState(false)
  return (
    <Panel
      title="Delete the account"
      tone="danger"
      about="At once and for good. Nobody can undo it."
    >
      <ul className={classes.goes}>
        <li>All pictures and films in your library and your workspace, and their files</li>
        <li>Your prompts, jobs and what they cost</li>
        <li>Your API keys and everywhere you are signed in</li>
        <li>What is left of your credits</li>
      </ul>
      <p className={parts.hint}>
        The ledger and the trail keep their entries, without your name. Download everything first if
        you may want it again.
      </p>
      {asked ? (
        <DeleteForm account={account} onCancel={() => setAsked(false)} />
      ) : (
        <Button className={parts.submit} variant="light" color="red" onClick={() => setAsked(true)}>
          Delete my account
        </Button>
      )}
    </Panel>
  )
}

function DeleteForm({ account, onCancel }: { account: MeOut; onCancel: () => void }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const remove = useMutation({
    mutationFn: () =>
      sdk.deleteMyAccount({
        body: {
          username: username.trim(),
          ...(account.has_password ? { password } : {}),
          ...(account.two_factor ? { code: code.trim() } : {}),
        },
      }),
    onSuccess: async () => {
      await navigate({ to: '/goodbye', replace: true })
      client.clear()
    },
  })
  const wrong = (field: string): string | undefined =>
    remove.error instanceof ApiError && remove.error.field === field
      ? sentenceOf(remove.error)
      : undefined
  const elsewhere = remove.isError && !FIELDS.some((field) => wrong(field))
  const ready =
    username.trim() === account.username &&
    (!account.has_password || password !== '') &&
    (!account.two_factor || code.trim() !== '')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready) remove.mutate()
  }
  return (
    <form className={parts.form} onSubmit={submit} aria-label="Delete the account">
      <TextInput
        label={`Type ${account.username} to delete it`}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        size="md"
        maxLength={40}
        value={username}
        error={wrong('username')}
        onChange={(event) => setUsername(event.currentTarget.value)}
      />
      {account.has_password ? (
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          size="md"
          value={password}
          error={wrong('password')}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      ) : null}
      {account.two_factor ? (
        <TextInput
          label="Code"
          description="From the app, or a recovery code."
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          size="md"
          maxLength={40}
          value={code}
          error={wrong('code')}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
      ) : null}
      {elsewhere ? (
        <p className={parts.error} role="alert">
          {sentenceOf(remove.error)}
        </p>
      ) : null}
      <div className={parts.buttons}>
        <Button type="submit" color="red" loading={remove.isPending} disabled={!ready}>
          Delete it for good
        </Button>
        <Button variant="subtle" color="gray" onClick={onCancel}>
          Keep it
        </Button>
      </div>
    </form>
  )
}
