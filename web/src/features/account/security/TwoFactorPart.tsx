import { Button } from '@mantine/core'
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { sdk, sentenceOf } from '@/api'
import { keys } from '@/api/keys'
import { Panel } from '@/features/account/Panel'
import parts from '@/features/account/parts.module.css'
import { me, twoFactor } from '@/features/account/queries'
import { count } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import { CodeForm } from './CodeForm'
import { RecoveryCodes } from './RecoveryCodes'
import classes from './TwoFactor.module.css'
import { TwoFactorSetup } from './TwoFactorSetup'

/** With as few recovery codes as this it is time for new ones. */
const FEW = 3

/** A second factor: set up, renew the recovery codes, turn off. */
export function TwoFactorPart({ on }: { on: boolean }) {
  const { data: account } = useSuspenseQuery(me)
  // What is shown once lives here alone, and goes with the page.
  const [codes, setCodes] = useState<string[] | null>(null)
  return (
    <Panel
      title="Two-factor sign-in"
      about="Besides the password, signing in takes a code from an app on your phone."
    >
      <p className={classes.status} data-on={on || undefined}>
        {on ? (
          <IconShieldCheck size={20} stroke={1.7} aria-hidden />
        ) : (
          <IconShieldOff size={20} stroke={1.7} aria-hidden />
        )}
        {on ? 'On' : 'Off'}
      </p>
      {codes ? (
        <RecoveryCodes codes={codes} username={account.username} onKept={() => setCodes(null)} />
      ) : on ? (
        <Managed onCodes={setCodes} />
      ) : (
        <Setup onCodes={setCodes} />
      )}
    </Panel>
  )
}

/** Reads anew what depends on the factor. */
function useRefresh(): () => void {
  const client = useQueryClient()
  return () => {
    void client.invalidateQueries({ queryKey: keys.me, exact: true })
    void client.invalidateQueries({ queryKey: keys.twoFactor })
  }
}

function Setup({ onCodes }: { onCodes: (codes: string[]) => void }) {
  const refresh = useRefresh()
  const begin = useMutation({ mutationFn: () => sdk.beginTwoFactor() })
  const confirm = useMutation({
    mutationFn: (code: string) => sdk.confirmTwoFactor({ body: { code } }),
    onSuccess: ({ codes }) => {
      onCodes(codes)
      refresh()
    },
  })
  if (begin.data) {
    return (
      <TwoFactorSetup
        setup={begin.data}
        pending={confirm.isPending}
        error={confirm.error}
        onCode={(code) => confirm.mutate(code)}
        onCancel={() => {
          begin.reset()
          confirm.reset()
        }}
      />
    )
  }
  return (
    <>
      <Button className={parts.submit} loading={begin.isPending} onClick={() => begin.mutate()}>
        Set it up
      </Button>
      {begin.isError ? (
        <p className={parts.error} role="alert">
          {sentenceOf(begin.error)}
        </p>
      ) : null}
    </>
  )
}

function Managed({ onCodes }: { onCodes: (codes: string[]) => void }) {
  const { data: state } = useQuery(twoFactor)
  const refresh = useRefresh()
  const [asked, setAsked] = useState<'renew' | 'remove' | null>(null)
  const renew = useMutation({
    mutationFn: (code: string) => sdk.renewRecoveryCodes({ body: { code } }),
    onSuccess: ({ codes }) => {
      onCodes(codes)
      refresh()
    },
  })
  const remove = useMutation({
    mutationFn: (code: string) => sdk.removeTwoFactor({ body: { code } }),
    onSuccess: () => {
      refresh()
      showToast({ text: 'Two-factor sign-in is off. The password alone lets you in.' })
    },
  })
  const ask = (what: typeof asked) => {
    renew.reset()
    remove.reset()
    setAsked(what)
  }
  const left = state?.recovery_codes_left
  return (
    <>
      {left === undefined ? null : (
        <p className={left <= FEW ? classes.low : parts.hint}>
          {count(left, 'recovery code')} left{left <= FEW ? ': make new ones.' : '.'}
        </p>
      )}
      {asked === 'renew' ? (
        <CodeForm
          key="renew"
          name="New recovery codes"
          action="Make new codes"
          recovery
          pending={renew.isPending}
          error={renew.error}
          onCode={(code) => renew.mutate(code)}
          onCancel={() => ask(null)}
        />
      ) : null}
      {asked === 'remove' ? (
        <CodeForm
          key="remove"
          name="Turn two-factor sign-in off"
          action="Turn it off"
          tone="red"
          recovery
          pending={remove.isPending}
          error={remove.error}
          onCode={(code) => remove.mutate(code)}
          onCancel={() => ask(null)}
        />
      ) : null}
      {asked === null ? (
        <div className={parts.buttons}>
          <Button variant="default" onClick={() => ask('renew')}>
            New recovery codes
          </Button>
          <Button variant="subtle" color="gray" onClick={() => ask('remove')}>
            Turn it off
          </Button>
        </div>
      ) : null}
    </>
  )
}
