import { IconKey } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { sdk, sentenceOf, type ApiKeyOut, type PersonOut } from '@/api'
import { keys } from '@/api/keys'
import { count, fullTime, when } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import { AskTwice } from '@/ui/AskTwice'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import panel from '../panel.module.css'
import { usePersonAction } from './usePersonAction'

/** The API keys of an account; one or all of them are revoked. */
export function KeysPanel({ person }: { person: PersonOut }) {
  const list = useQuery({
    queryKey: keys.personApiKeys(person.id),
    queryFn: () => sdk.listApiKeysOfPerson({ path: { person_id: person.id } }),
  })
  const revokeAll = usePersonAction(
    () => sdk.revokeApiKeysOfPerson({ path: { person_id: person.id } }),
    () => `No key of ${person.username} works any more`,
  )
  const all = list.data?.items
  return (
    <Panel
      title="API keys"
      about="For programs that act in this person’s name. A key that is revoked stops working at once."
      aside={
        all?.length ? (
          <AskTwice
            action="Revoke all"
            sure={`Revoke ${count(all.length, 'key')}`}
            pending={revokeAll.isPending}
            onSure={() => revokeAll.mutate(undefined)}
          />
        ) : null
      }
    >
      {list.isPending ? <RowsSkeleton rows={2} /> : null}
      {list.isError ? (
        <PanelError what="The keys" error={list.error} onRetry={() => void list.refetch()} />
      ) : null}
      {revokeAll.isError ? (
        <p className={panel.error} role="alert">
          {sentenceOf(revokeAll.error)}
        </p>
      ) : null}
      {all?.length ? (
        <ul className={panel.rows}>
          {all.map((key) => (
            <KeyRow key={key.id} person={person} apiKey={key} />
          ))}
        </ul>
      ) : null}
      {all?.length === 0 ? <p className={panel.hint}>No keys.</p> : null}
    </Panel>
  )
}

function KeyRow({ person, apiKey }: { person: PersonOut; apiKey: ApiKeyOut }) {
  const client = useQueryClient()
  const revoke = useMutation({
    mutationFn: () =>
      sdk.revokeApiKeyOfPerson({ path: { person_id: person.id, key_id: apiKey.id } }),
    onSuccess: () => showToast({ text: `The key ${apiKey.name} no longer works` }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.person(person.id) }),
  })
  return (
    <li className={panel.row}>
      <IconKey size={20} stroke={1.7} className={panel.icon} aria-hidden />
      <div className={panel.grow}>
        <div>{apiKey.name}</div>
        <div className={panel.hint}>
          <code>{apiKey.prefix}…</code> {apiKey.scopes.join(', ')} · made {when(apiKey.created_at)}{' '}
          · {apiKey.last_used_at ? `used ${when(apiKey.last_used_at)}` : 'never used'}
          {apiKey.expires_at ? ` · until ${fullTime(apiKey.expires_at)}` : ''}
        </div>
      </div>
      <AskTwice
        action="Revoke"
        sure="Revoke it"
        label={`Revoke ${apiKey.name}`}
        pending={revoke.isPending}
        onSure={revoke.mutate}
      />
    </li>
  )
}
