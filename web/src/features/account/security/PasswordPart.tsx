import { Button, PasswordInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { ApiError, sdk, sentenceOf, type MeOut } from '@/api'
import { keys } from '@/api/keys'
import classes from '@/features/account/parts.module.css'
import { showToast } from '@/ui/toastStore'

const SHORTEST = 10
const LONGEST = 256

/** Sets or changes the password. */
export function PasswordPart({ account }: { account: MeOut }) {
  const client = useQueryClient()
  const [current, setCurrent] = useState('')
  const [fresh, setFresh] = useState('')
  const change = useMutation({
    mutationFn: () =>
      sdk.setPassword({
        body: {
          new_password: fresh,
          ...(account.has_password ? { current_password: current } : {}),
        },
      }),
    onSuccess: () => {
      setCurrent('')
      setFresh('')
      void client.invalidateQueries({ queryKey: keys.me, exact: true })
      void client.invalidateQueries({ queryKey: keys.sessions })
      showToast({
        text: account.has_password
          ? 'Password changed. Your other devices are signed out.'
          : 'Password set. Next time you can sign in with it.',
        tone: 'success',
      })
    },
  })
  const wrongCurrent = change.error instanceof ApiError && change.error.field === 'current_password'
  const short = fresh.length > 0 && fresh.length < SHORTEST
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (fresh.length >= SHORTEST) change.mutate()
  }
  return (
    <form className={classes.form} onSubmit={submit} aria-label="Password">
      <input
        type="text"
        name="username"
        autoComplete="username"
        defaultValue={account.username}
        hidden
      />
      {account.has_password ? (
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          size="md"
          value={current}
          error={wrongCurrent ? sentenceOf(change.error) : undefined}
          onChange={(event) => {
            setCurrent(event.currentTarget.value)
            if (change.isError) change.reset()
          }}
        />
      ) : null}
      <PasswordInput
        label="New password"
        description={`At least ${SHORTEST} characters; a few words are easier to keep than signs.`}
        autoComplete="new-password"
        size="md"
        maxLength={LONGEST}
        value={fresh}
        error={short ? `${SHORTEST - fresh.length} more to go` : undefined}
        onChange={(event) => setFresh(event.currentTarget.value)}
      />
      {change.isError && !wrongCurrent ? (
        <p className={classes.error} role="alert">
          {sentenceOf(change.error)}
        </p>
      ) : null}
      <Button
        type="submit"
        variant="default"
        className={classes.submit}
        loading={change.isPending}
        disabled={fresh.length < SHORTEST || (account.has_password && !current)}
      >
        {account.has_password ? 'Change the password' : 'Set the password'}
      </Button>
    </form>
  )
}
