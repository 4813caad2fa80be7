import { Button } from '@mantine/core'
import { IconLogin2 } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { sdk, sentenceOf, type IdentityOut, type ProviderOut } from '@/api'
import { keys } from '@/api/keys'
import { problemSentence } from '@/features/account/problems'
import { signInMethods } from '@/features/account/queries'
import { when } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import classes from './Settings.module.css'

/** Nobody has so many identities that there would be a second page. */
const LIMIT = 200

/** The providers at which one can sign in to this account; nothing where the studio knows none. */
export function Providers() {
  const { problem } = useSearch({ from: '/studio/settings' })
  const methods = useQuery(signInMethods)
  const list = useQuery({
    queryKey: keys.identities,
    queryFn: () => sdk.listIdentities({ query: { limit: LIMIT } }),
  })
  const own = list.data?.items ?? []
  const free = (methods.data?.providers ?? []).filter(
    (provider) => !own.some((identity) => identity.provider?.id === provider.id),
  )
  if (own.length === 0 && free.length === 0 && !problem) return null
  return (
    <div className={classes.form}>
      <h3 className={classes.sub}>Sign in with a provider</h3>
      {problem ? (
        <p className={classes.error} role="alert">
          {problemSentence(problem)}
        </p>
      ) : null}
      {list.isError ? (
        <p className={classes.error} role="alert">
          {sentenceOf(list.error)}
        </p>
      ) : null}
      <ul className={classes.rows}>
        {own.map((identity) => (
          <Own key={identity.id} identity={identity} />
        ))}
        {list.isSuccess
          ? free.map((provider) => <Free key={provider.id} provider={provider} />)
          : null}
      </ul>
    </div>
  )
}

function Own({ identity }: { identity: IdentityOut }) {
  const client = useQueryClient()
  const name = identity.provider?.label ?? 'A provider that is not used any more'
  const remove = useMutation({
    mutationFn: () => sdk.removeIdentity({ path: { identity_id: identity.id } }),
    onSuccess: () => showToast({ text: `${name} no longer signs you in` }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.identities }),
  })
  return (
    <li className={classes.row}>
      <IconLogin2 size={20} stroke={1.7} className={classes.quiet} aria-hidden />
      <div className={classes.grow}>
        <div>{name}</div>
        <div className={classes.hint}>
          {identity.email ? `${identity.email}, ` : ''}used {when(identity.last_used_at)}
        </div>
      </div>
      <Button
        variant="subtle"
        color="gray"
        aria-label={`Remove ${name}`}
        loading={remove.isPending}
        onClick={() => remove.mutate()}
      >
        Remove
      </Button>
    </li>
  )
}

function Free({ provider }: { provider: ProviderOut }) {
  const begin = useMutation({
    mutationFn: () => sdk.beginIdentity({ path: { provider: provider.id } }),
    onSuccess: ({ url }) => location.assign(url),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
  })
  return (
    <li className={classes.row}>
      <IconLogin2 size={20} stroke={1.7} className={classes.quiet} aria-hidden />
      <div className={classes.grow}>
        <div>{provider.label}</div>
        <div className={classes.hint}>Not used for this account yet</div>
      </div>
      <Button
        variant="default"
        aria-label={`Add ${provider.label}`}
        loading={begin.isPending}
        onClick={() => begin.mutate()}
      >
        Add
      </Button>
    </li>
  )
}
