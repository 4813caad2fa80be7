import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { ApiError, sdk, sentenceOf, type MeOut } from '@/api'
import { CodeField } from './CodeForm'
import classes from './SignInPage.module.css'

/** User name and password, and a code where the account asks for one. */
export function PasswordForm({ onEnter }: { onEnter: (me: MeOut) => void }) {
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [asksForCode, setAsksForCode] = useState(false)
  const login = useMutation({
    meta: { signsIn: true },
    mutationFn: () =>
      sdk.login({ body: { username: username.trim(), password, code: code.trim() || null } }),
    onSuccess: onEnter,
    onError: (error) => {
      if (error instanceof ApiError && error.code === 'second_factor_needed') setAsksForCode(true)
    },
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    login.mutate()
  }
  return (
    <form className={classes.form} onSubmit={submit} aria-label="Sign in">
      <TextInput
        label="User name"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        required
        withAsterisk={false}
        size="md"
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
      />
      <PasswordInput
        label="Password"
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        size="md"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {asksForCode ? <CodeField value={code} onChange={setCode} /> : null}
      {login.isError ? (
        <p className={classes.error} role="alert">
          {sentenceOf(login.error)}
        </p>
      ) : null}
      <Button type="submit" size="md" loading={login.isPending} disabled={!username || !password}>
        Sign in
      </Button>
    </form>
  )
}
