import { Button, CloseButton, TextInput } from '@mantine/core'
import { IconCopy, IconKey } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type ApiKeyOut, type NewApiKeyOut } from '@/api'
import { keys } from '@/api/keys'
import { copyText } from '@/ui/copyText'
import { when } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import classes from './Settings.module.css'

/** All that a studio's owner is likely to have; there is no need to page through keys. */
const LIMIT = 200

/** The keys of the account: make one, see which are in use, revoke one. */
export function ApiKeys() {
  const list = useQuery({
    queryKey: keys.apiKeys,
    queryFn: () => sdk.listApiKeys({ query: { limit: LIMIT } }),
  })
  const [fresh, setFresh] = useState<NewApiKeyOut | null>(null)
  return (
    <>
      <NewKey onMade={setFresh} />
      {fresh ? <FreshKey made={fresh} onClose={() => setFresh(null)} /> : null}
      {list.isError ? (
        <div className={classes.error} role="alert">
          <p>The keys could not be read. {sentenceOf(list.error)}</p>
          <Button variant="default" onClick={() => void list.refetch()}>
            Try again
          </Button>
        </div>
      ) : null}
      {list.data?.items.length ? (
        <ul className={classes.rows}>
          {list.data.items.map((key) => (
            <KeyRow key={key.id} apiKey={key} />
          ))}
        </ul>
      ) : null}
      {list.data?.items.length === 0 && !fresh ? (
        <p className={classes.hint}>No keys yet.</p>
      ) : null}
    </>
  )
}

function NewKey({ onMade }: { onMade: (made: NewApiKeyOut) => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => sdk.createApiKey({ body: { name: name.trim() } }),
    onSuccess: (made) => {
      setName('')
      onMade(made)
      void client.invalidateQueries({ queryKey: keys.apiKeys })
    },
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (name.trim()) create.mutate()
  }
  return (
    <form onSubmit={submit} aria-label="New API key">
      <div className={classes.line}>
        <TextInput
          className={classes.grow}
          label="Name of the new key"
          placeholder="such as: drawing script on the laptop"
          size="md"
          maxLength={80}
          value={name}
          error={create.isError ? sentenceOf(create.error) : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          className={classes.beside}
          loading={create.isPending}
          disabled={!name.trim()}
        >
          Make a key
        </Button>
      </div>
    </form>
  )
}

/** The text of a key, which is shown this once. */
function FreshKey({ made, onClose }: { made: NewApiKeyOut; onClose: () => void }) {
  return (
    <div className={classes.fresh} role="status">
      <div className={classes.freshHead}>
        <strong>{made.name}</strong>
        <CloseButton aria-label="Hide the key" onClick={onClose} />
      </div>
      <p className={classes.hint}>
        Copy it now: the studio keeps no copy and cannot show it again.
      </p>
      <div className={classes.line}>
        <code className={classes.secret}>{made.key}</code>
        <Button
          leftSection={<IconCopy size={18} stroke={1.7} />}
          onClick={() => void copyText(made.key, 'Key copied')}
        >
          Copy
        </Button>
      </div>
    </div>
  )
}

function KeyRow({ apiKey }: { apiKey: ApiKeyOut }) {
  const client = useQueryClient()
  const [asked, setAsked] = useState(false)
  const revoke = useMutation({
    mutationFn: () => sdk.revokeApiKey({ path: { key_id: apiKey.id } }),
    onSuccess: () => showToast({ text: `The key ${apiKey.name} no longer works` }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  })
  return (
    <li className={classes.row}>
      <IconKey size={20} stroke={1.7} className={classes.quiet} aria-hidden />
      <div className={classes.grow}>
        <div>{apiKey.name}</div>
        <div className={classes.hint}>
          <code>{apiKey.prefix}…</code> made {when(apiKey.created_at)},{' '}
          {apiKey.last_used_at ? `used ${when(apiKey.last_used_at)}` : 'never used'}
        </div>
      </div>
      {asked ? (
        <span className={classes.line}>
          <Button
            color="red"
            variant="light"
            loading={revoke.isPending}
            onClick={() => revoke.mutate()}
          >
            Revoke it
          </Button>
          <Button variant="subtle" color="gray" onClick={() => setAsked(false)}>
            Leave it
          </Button>
        </span>
      ) : (
        <Button
          variant="subtle"
          color="gray"
          aria-label={`Revoke ${apiKey.name}`}
          onClick={() => setAsked(true)}
        >
          Revoke
        </Button>
      )}
    </li>
  )
}
