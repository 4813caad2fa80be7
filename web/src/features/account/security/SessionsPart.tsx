import { Button } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sdk, sentenceOf } from '@/api'
import { keys } from '@/api/keys'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import parts from '@/features/account/parts.module.css'
import { sessions } from '@/features/account/queries'
import { inTurn } from '@/features/library/inTurn'
import { EndOfList } from '@/ui/EndOfList'
import { count } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import { SessionList } from './SessionList'

/** Where the account is signed in; all of them can be ended but this one. */
export function SessionsPart() {
  const client = useQueryClient()
  const list = useInfiniteQuery(sessions)
  const all = list.data?.pages.flatMap((page) => page.items) ?? []
  const others = all.filter((session) => !session.current)
  const [ending, setEnding] = useState<ReadonlySet<string>>(new Set())
  const end = useMutation({
    mutationFn: async (one: string | null) => {
      const ids = one ? [one] : await allOthers()
      setEnding(new Set(ids))
      const failures = await inTurn(ids, async (id) => {
        await sdk.revokeSession({ path: { session_id: id } })
      })
      if (failures.length) throw failures[0]
      return ids.length
    },
    onSuccess: (ended) => showToast({ text: `${count(ended, 'browser')} signed out` }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: keys.sessions })
      setEnding(new Set())
    },
  })
  return (
    <Panel
      title="Where you are signed in"
      about="One that you do not know? Sign it out, and change the password."
      aside={
        others.length > 1 ? (
          <Button
            variant="default"
            loading={end.isPending && end.variables === null}
            onClick={() => end.mutate(null)}
          >
            Sign out all others
          </Button>
        ) : null
      }
    >
      {list.isPending ? <RowsSkeleton rows={2} /> : null}
      {list.isError && !list.data ? (
        <PanelError
          what="Where you are signed in"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : null}
      <SessionList sessions={all} ending={ending} onEnd={(id) => end.mutate(id)} />
      {list.data && all.length === 0 ? (
        <p className={parts.hint}>No browser is signed in: you came here with an API key.</p>
      ) : null}
      <EndOfList
        more={list.hasNextPage}
        reading={list.isFetchingNextPage}
        error={list.isFetchNextPageError ? sentenceOf(list.error) : undefined}
        onMore={() => void list.fetchNextPage()}
      />
    </Panel>
  )
}

/** The ids of all sessions but this one, also of those that were not read for the list. */
async function allOthers(): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof sdk.listSessions>> = await sdk.listSessions({
      query: { limit: 200, cursor },
    })
    ids.push(...page.items.filter((session) => !session.current).map((session) => session.id))
    cursor = page.next_cursor
  } while (cursor)
  return ids
}
