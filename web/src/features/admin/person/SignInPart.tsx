import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { sdk, sentenceOf, type PersonOut } from '@/api'
import { OneTimeLink } from '../OneTimeLink'
import { Panel } from '@/features/account/Panel'
import panel from '../panel.module.css'
import { AskTwice } from '@/ui/AskTwice'
import { KeysPanel } from './KeysPanel'
import { SessionsPanel } from './SessionsPanel'
import { usePersonAction } from './usePersonAction'

/** How an account comes in, and where it is signed in now. */
export function SignInPart({ person }: { person: PersonOut }) {
  return (
    <div className={panel.panels}>
      <LinkPanel person={person} />
      <FactorPanel person={person} />
      <SessionsPanel person={person} />
      <KeysPanel person={person} />
    </div>
  )
}

function LinkPanel({ person }: { person: PersonOut }) {
  // A secret that is shown once stays out of the cache of queries.
  const make = useMutation({
    mutationFn: () => sdk.makeSignInLink({ path: { person_id: person.id } }),
    gcTime: 0,
  })
  return (
    <Panel
      title="One-time link"
      about="For somebody who has forgotten the password: they come in by it and set a new one."
      aside={
        <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
          {make.data ? 'Make another link' : 'Make a link'}
        </Button>
      }
    >
      {make.isError ? (
        <p className={panel.error} role="alert">
          {sentenceOf(make.error)}
        </p>
      ) : null}
      {make.data ? <OneTimeLink address={make.data.address} name={person.username} /> : null}
    </Panel>
  )
}

function FactorPanel({ person }: { person: PersonOut }) {
  const reset = usePersonAction(
    () => sdk.removeTwoFactorOfPerson({ path: { person_id: person.id } }),
    () => `${person.username} signs in without a code now`,
  )
  return (
    <Panel
      title="Two-factor sign-in"
      about={
        person.two_factor
          ? 'On. Turn it off for somebody who has lost both the app and the recovery codes, once you are sure who asks.'
          : 'Off. Only the person can set it up.'
      }
      aside={
        person.two_factor ? (
          <AskTwice
            action="Turn it off"
            sure="Yes, turn it off"
            pending={reset.isPending}
            onSure={() => reset.mutate(undefined)}
          />
        ) : null
      }
    >
      {reset.isError ? (
        <p className={panel.error} role="alert">
          {sentenceOf(reset.error)}
        </p>
      ) : null}
    </Panel>
  )
}
