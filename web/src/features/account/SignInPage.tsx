import '@/ui/forms.css'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState, type SubmitEvent } from 'react'
import { ApiError, sdk, sentenceOf, type MeOut } from '@/api'
import { keys } from '@/api/keys'
import { Mark } from '@/ui/Mark'
import { linkToken, safeReturn } from './returning'
import classes from './SignInPage.module.css'

/** Signing in: by a one-time link, whose token stands behind the `#`, or by name and password. */
export default function SignInPage() {
  const enter = useEnter()
  const token = useLinkToken()
  const link = useMutation({
    meta: { signsIn: true },
    mutationFn: (sent: string) => sdk.useLink({ body: { token: sent } }),
    onSuccess: enter,
  })
  const { mutate } = link
  const sent = useRef<string | null>(null)
  useEffect(() => {
    if (!token || sent.current === token) return
    sent.current = token
    // The token is used up by this; it must not stay in the history.
    history.replaceState(history.state, '', location.pathname + location.search)
    mutate(token)
  }, [token, mutate])
  const busy = token !== null && !link.isError
  return (
    <main className={classes.page}>
      <div className={classes.box}>
        <h1 className={classes.brand}>
          <Mark size={34} /> Fabula
        </h1>
        {busy ? (
          <p className={classes.hint} role="status">
            Signing you in…
          </p>
        ) : (
          <>
            {link.isError ? (
              <p className={classes.error} role="alert">
                {sentenceOf(link.error)}
              </p>
            ) : null}
            <PasswordForm onEnter={enter} />
          </>
        )}
      </div>
    </main>
  )
}

/** The token of the address, also of a link that is opened where this page is open already. */
function useLinkToken(): string | null {
  const [token, setToken] = useState(() => linkToken(location.hash))
  useEffect(() => {
    const follow = () => setToken((old) => linkToken(location.hash) ?? old)
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [])
  return token
}

function PasswordForm({ onEnter }: { onEnter: (me: MeOut) => void }) {
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
      {asksForCode ? (
        <TextInput
          label="Code"
          description="From your authenticator app, or one of your recovery codes."
          name="code"
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          size="md"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
      ) : null}
      {login.isError ? (
        <p className={classes.error} role="alert">
          {sentenceOf(login.error)}
        </p>
      ) : null}
      <Button type="submit" size="md" loading={login.isPending} disabled={!username || !password}>
        Sign in
      </Button>
      <p className={classes.hint}>
        No password yet? <code>fabula user link NAME</code>, run where the studio runs, prints a
        link that signs you in once.
      </p>
    </form>
  )
}

/** Remembers who came in, and goes back to where the person was. */
function useEnter(): (me: MeOut) => void {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { next } = useSearch({ from: '/sign-in' })
  return (me) => {
    client.clear()
    client.setQueryData(keys.me, me)
    void navigate({ href: safeReturn(next), replace: true })
  }
}
