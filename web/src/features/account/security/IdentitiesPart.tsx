import { Button } from '@mantine/core'
import { IconLink, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { sdk, sentenceOf, type IdentityOut, type ProviderOut } from '@/api'
import { keys } from '@/api/keys'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import parts from '@/features/account/parts.module.css'
import { problemSentence } from '@/features/account/problems'
import { identities, signInMethods } from '@/features/account/queries'
import { AskTwice } from '@/ui/AskTwice'
import { date, when } from '@/ui/format'
import { showToast } from '@/ui/toastStore'

/** Identities at other services that sign in to this account; nothing where there are none. */
export function IdentitiesPart() {
  const { data: methods } = useQuery(signInMethods)
  return methods?.providers.length ? <Identities providers={methods.providers} /> : null
}

function Identities({ providers }: { providers: readonly ProviderOut[] }) {
  const { problem } = useSearch({ from: '/studio/account/sign-in' })
  const list = useQuery(identities)
  const linked = new Set(list.data?.map((identity) => identity.provider?.id))
  const free = providers.filter((provider) => !linked.has(provider.id))
  return (
    <Panel title="Linked accounts" about="Other services that sign you in here.">
      {problem ? (
        <p className={parts.error} role="alert">
          {problemSentence(problem)}
        </p>
      ) : null}
      {list.isPending ? <RowsSkeleton rows={1} /> : null}
      {list.isError ? (
        <PanelError
          what="Your linked accounts"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : null}
      {list.data?.length ? (
        <ul className={parts.rows}>
          {list.data.map((identity) => (
            <IdentityRow key={identity.id} identity={identity} />
          ))}
        </ul>
      ) : null}
      {list.data?.length === 0 ? (
        <p className={parts.hint}>None yet. Link one, and its button signs you in.</p>
      ) : null}
      <div className={parts.buttons}>
        {free.map((provider) => (
          <LinkButton key={provider.id} provider={provider} />
        ))}
      </div>
    </Panel>
  )
}

function LinkButton({ provider }: { provider: ProviderOut }) {
  const link = useMutation({
    mutationFn: () => sdk.beginIdentity({ path: { provider: provider.id } }),
    onSuccess: ({ url }) => location.assign(url),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
  })
  return (
    <Button
      variant="default"
      leftSection={<IconPlus size={18} stroke={1.7} aria-hidden />}
      loading={link.isPending}
      onClick={() => link.mutate()}
    >
      Link {provider.label}
    </Button>
  )
}

function IdentityRow({ identity }: { identity: IdentityOut }) {
  const client = useQueryClient()
  const name = identity.provider?.label ?? 'A service that is not used any more'
  const unlink = useMutation({
    mutationFn: () => sdk.removeIdentity({ path: { identity_id: identity.id } }),
    onSuccess: () => showToast({ text: `${name} no longer signs you in` }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.identities }),
  })
  return (
    <li className={parts.row}>
      <IconLink size={20} stroke={1.7} className={parts.mark} aria-hidden />
      <div className={parts.grow}>
        <div>
          {name}
          {identity.email ? `, ${identity.email}` : ''}
        </div>
        <div className={parts.hint}>
          linked {date(identity.created_at)}, used {when(identity.last_used_at)}
        </div>
      </div>
      <AskTwice
        action="Unlink"
        sure="Unlink it"
        label={`Unlink ${name}`}
        pending={unlink.isPending}
        onSure={() => unlink.mutate()}
      />
    </li>
  )
}
