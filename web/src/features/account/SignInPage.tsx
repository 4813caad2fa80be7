import '@/ui/forms.css'
import { Skeleton } from '@mantine/core'
import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { sdk, sentenceOf, type MeOut, type SignedOutOut } from '@/api'
import { keys } from '@/api/keys'
import { Mark } from '@/ui/Mark'
import { CodeForm } from './CodeForm'
import { OtherWays } from './OtherWays'
import { PasswordForm } from './PasswordForm'
import { problemSentence } from './problems'
import { signInMethods } from './queries'
import { linkToken, safeReturn } from './returning'
import classes from './SignInPage.module.css'

/** Signing in: by a one-time link, whose token stands behind the `#`, by name and password, at a
 * provider, or as a guest. */
export default function SignInPage() {
  const enter = useEnter()
  const { problem, step } = useSearch({ from: '/sign-in' })
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
  const wrong = link.isError ? sentenceOf(link.error) : problem ? problemSentence(problem) : null
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
            {wrong ? (
              <p className={classes.error} role="alert">
                {wrong}
              </p>
            ) : null}
            <StillThere />
            {step === 'code' && !wrong ? <CodeForm onEnter={enter} /> : <Ways onEnter={enter} />}
          </>
        )}
      </div>
    </main>
  )
}

/** Said after signing out of a session that a provider opened: there, it goes on. */
function StillThere() {
  const { data: left } = useQuery<SignedOutOut>({ queryKey: keys.leftBehind, queryFn: skipToken })
  if (!left?.provider || !left.sign_out_url) return null
  return (
    <p className={classes.left} role="status">
      You are signed out here, and still signed in at {left.provider.label}.{' '}
      <a href={left.sign_out_url}>Sign out there too</a>
    </p>
  )
}

/** Every way in that there is; the password where the studio does not say. */
function Ways({ onEnter }: { onEnter: (me: MeOut) => void }) {
  const methods = useQuery(signInMethods)
  if (methods.isPending) return <Skeleton className={classes.waiting} aria-label="Loading" />
  const found = methods.data
  const others = found && (found.providers.length > 0 || found.guests) ? found : null
  const password = !found || found.password || found.providers.length === 0
  return (
    <>
      {password ? <PasswordForm onEnter={onEnter} /> : null}
      {password && others ? <p className={classes.or}>or</p> : null}
      {others ? <OtherWays methods={others} first={!password} onEnter={onEnter} /> : null}
      <p className={classes.hint}>
        No way in yet? <code>fabula user link NAME</code>, run where the studio runs, prints a link
        that signs you in once.
      </p>
    </>
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
