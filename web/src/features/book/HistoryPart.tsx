import { ActionIcon, Button, Switch } from '@mantine/core'
import { IconHistory, IconStar, IconStarFilled, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { sdk, sentenceOf, type RememberedOut } from '@/api'
import { deleteSoon, useGoing } from '@/app/deletion'
import { RowsSkeleton } from '@/features/account/Panel'
import { AskTwice } from '@/ui/AskTwice'
import { Endless } from '@/features/admin/Endless'
import { count, times, when } from '@/ui/format'
import { SearchField } from '@/ui/SearchField'
import { EmptyState } from '@/ui/States'
import { showToast } from '@/ui/toastStore'
import classes from './book.module.css'
import { bookChanged, remembered } from './queries'
import { usePrompt } from './usePrompt'

const pathOf = (row: RememberedOut) => `/api/prompt-book/history/${row.id}`

/** The prompts that a person made pictures of, found again and used again. */
export function HistoryPart() {
  const [q, setQ] = useState('')
  const [favorites, setFavorites] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const going = useGoing()
  const list = useInfiniteQuery(
    remembered({ ...(q ? { search: q } : {}), ...(favorites ? { favorites } : {}) }),
  )
  return (
    <>
      <SearchField
        q={q}
        onSearch={setQ}
        label="Search the history"
        placeholder="Search your prompts"
        field={field}
      />
      <Switch
        label="Favourites only"
        checked={favorites}
        onChange={(event) => setFavorites(event.currentTarget.checked)}
      />
      <Endless
        list={list}
        what="Your history"
        skeleton={<RowsSkeleton rows={6} height={64} />}
        empty={
          <EmptyState icon={IconHistory} title={q || favorites ? 'Nothing found' : 'Nothing yet'}>
            {q || favorites
              ? 'No prompt of yours fits. Try another word, or all of them.'
              : 'Every prompt that you make a picture of stands here, to be used again.'}
          </EmptyState>
        }
      >
        {(rows) => (
          <ul className={classes.rows} aria-label="History">
            {rows
              .filter((row) => !going.has(pathOf(row)))
              .map((row) => (
                <Row key={row.id} row={row} />
              ))}
          </ul>
        )}
      </Endless>
      {list.data?.pages[0]?.items.length && !q && !favorites ? <ForgetAll /> : null}
    </>
  )
}

function Row({ row }: { row: RememberedOut }) {
  const client = useQueryClient()
  const prompt = usePrompt()
  const mark = useMutation({
    mutationFn: (on: boolean) =>
      sdk
        .markRememberedPrompt({ path: { prompt_id: row.id }, body: { is_favorite: on } })
        .then(() => bookChanged(client)),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
  })
  const favourite = mark.isPending ? mark.variables : row.is_favorite
  const Star = favourite ? IconStarFilled : IconStar
  return (
    <li className={classes.row}>
      <div className={classes.said}>
        <p className={classes.text}>{row.prompt}</p>
        {row.negative_prompt ? <p className={classes.hint}>without {row.negative_prompt}</p> : null}
        <p className={classes.hint}>
          used {times(row.uses)}, {when(row.last_used_at)}
        </p>
      </div>
      <div className={classes.tools}>
        <Button
          variant="default"
          aria-label={`Use: ${row.prompt}`}
          onClick={() => prompt.replace(row.prompt, row.negative_prompt)}
        >
          Use
        </Button>
        <ActionIcon
          size={36}
          className={favourite ? classes.favourite : ''}
          aria-pressed={favourite}
          aria-label={`Favourite: ${row.prompt}`}
          onClick={() => mark.mutate(!favourite)}
        >
          <Star size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
        <ActionIcon
          size={36}
          aria-label={`Forget: ${row.prompt}`}
          onClick={() =>
            deleteSoon({
              path: pathOf(row),
              text: 'Forgotten. Pictures keep their prompt.',
              run: () => sdk.forgetPrompt({ path: { prompt_id: row.id } }),
              onDone: () => bookChanged(client),
            })
          }
        >
          <IconTrash size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
      </div>
    </li>
  )
}

function ForgetAll() {
  const client = useQueryClient()
  const forget = useMutation({
    mutationFn: () => sdk.forgetPrompts(),
    onSuccess: async ({ forgotten }) => {
      showToast({ text: `Forgot ${count(forgotten, 'prompt')}. Pictures keep theirs.` })
      await bookChanged(client)
    },
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
  })
  return (
    <AskTwice
      action="Forget all but favourites"
      sure="Forget them for good"
      pending={forget.isPending}
      onSure={() => forget.mutate()}
    />
  )
}
