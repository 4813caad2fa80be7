import { Button, CloseButton } from '@mantine/core'
import { IconCopy, IconKey } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sdk, sentenceOf, type ApiKeyOut, type NewApiKeyOut } from '@/api'
import { keys } from '@/api/keys'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import parts from '@/features/account/parts.module.css'
import { apiKeys } from '@/features/account/queries'
import { AskTwice } from '@/ui/AskTwice'
import { copyText } from '@/ui/copyText'
import { EndOfList } from '@/ui/EndOfList'
import { date, when } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import classes from './Keys.module.css'
import { NewKey } from './NewKey'
import { isOver, scopeWords } from './scopes'

/** The keys of the account: make one, see which are in use, revoke one. */
export default function KeysSection() {
  const list = useInfiniteQuery(apiKeys)
  const [fresh, setFresh] = useState<NewApiKeyOut | null>(null)
  const all = list.data?.pages.flatMap((page) => page.items)
  return (
    <>
      <Panel
        title="New key"
        about="For programs that use the studio in your name. A key is shown once, when it is made."
      >
        {fresh ? <FreshKey made={fresh} onClose={() => setFresh(null)} /> : null}
        <NewKey onMade={setFresh} />
      </Panel>
      <Panel title="Your keys">
        {list.isPending ? <RowsSkeleton rows={2} /> : null}
        {list.isError && !list.data ? (
          <PanelError what="The keys" error={list.error} onRetry={() => void list.refetch()} />
        ) : null}
        {all?.length ? (
          <ul className={parts.rows}>
            {all.map((key) => (
              <KeyRow key={key.id} apiKey={key} />
            ))}
          </ul>
        ) : null}
        {all?.length === 0 ? (
          <p className={parts.hint}>
            No keys yet. A program sends one with every request, as{' '}
            <code>Authorization: Bearer KEY</code>.
          </p>
        ) : null}
        <EndOfList
          more={list.hasNextPage}
          reading={list.isFetchingNextPage}
          error={list.isFetchNextPageError ? sentenceOf(list.error) : undefined}
          onMore={() => void list.fetchNextPage()}
        />
      </Panel>
    </>
  )
}

/** The text of a key, which is shown this once. */
function FreshKey({ made, onClose }: { made: NewApiKeyOut; onClose: () => void }) {
  return (
    <div className={parts.fresh} role="status">
      <div className={classes.head}>
        <strong>{made.name}</strong>
        <CloseButton size={44} aria-label="Hide the key" onClick={onClose} />
      </div>
      <p className={parts.hint}>Copy it now: the studio keeps no copy and cannot show it again.</p>
      <div className={parts.secretLine}>
        <code className={parts.secret}>{made.key}</code>
        <Button
          leftSection={<IconCopy size={18} stroke={1.7} aria-hidden />}
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
  const revoke = useMutation({
    mutationFn: () => sdk.revokeApiKey({ path: { key_id: apiKey.id } }),
    onSuccess: () => showToast({ text: `The key ${apiKey.name} no longer works` }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  })
  return (
    <li className={parts.row}>
      <IconKey size={20} stroke={1.7} className={parts.mark} aria-hidden />
      <div className={parts.grow}>
        <div>
          {apiKey.name} <code>{apiKey.prefix}…</code>
        </div>
        <div className={parts.hint}>
          {scopeWords(apiKey.scopes)} · made {when(apiKey.created_at)} ·{' '}
          {apiKey.last_used_at ? `used ${when(apiKey.last_used_at)}` : 'never used'}
          <End expiresAt={apiKey.expires_at} />
        </div>
      </div>
      <AskTwice
        action="Revoke"
        sure="Revoke it"
        label={`Revoke ${apiKey.name}`}
        pending={revoke.isPending}
        onSure={() => revoke.mutate()}
      />
    </li>
  )
}

function End({ expiresAt }: { expiresAt: string | null }) {
  if (!expiresAt) return null
  const over = isOver(expiresAt)
  return (
    <>
      {' · '}
      <span className={over ? classes.over : undefined}>
        {over ? 'ended' : 'works until'} {date(expiresAt)}
      </span>
    </>
  )
}
