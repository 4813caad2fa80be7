import { ActionIcon, Button, Textarea, TextInput } from '@mantine/core'
import { IconListDetails, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type ListOut } from '@/api'
import { deleteSoon, useGoing } from '@/app/deletion'
import { PanelError, RowsSkeleton } from '@/features/account/Panel'
import panel from '@/features/admin/panel.module.css'
import { count } from '@/ui/format'
import { EmptyState } from '@/ui/States'
import classes from './book.module.css'
import { bookChanged, lists } from './queries'
import { usePrompt } from './usePrompt'

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/
const pathOf = (name: string) => `/api/prompt-book/lists/${encodeURIComponent(name)}`

/** Lists that prompts name as `__name__`, of which one entry takes its place. */
export function ListsPart() {
  const all = useQuery(lists)
  const going = useGoing()
  const [edited, setEdited] = useState<ListOut | 'new' | null>(null)
  const shown = all.data?.filter((each) => !going.has(pathOf(each.name)))
  if (edited) {
    return <ListForm list={edited === 'new' ? undefined : edited} onClose={() => setEdited(null)} />
  }
  return (
    <>
      {all.isPending ? <RowsSkeleton rows={4} height={64} /> : null}
      {all.isError && !all.data ? (
        <PanelError what="Your lists" error={all.error} onRetry={() => void all.refetch()} />
      ) : null}
      {shown?.length === 0 ? (
        <EmptyState
          icon={IconListDetails}
          title="No lists yet"
          actions={<Button onClick={() => setEdited('new')}>Make the first list</Button>}
        >
          Write a list of animals, and a prompt with <code>__animals__</code> in it makes a picture
          of each.
        </EmptyState>
      ) : null}
      <ul className={classes.rows} aria-label="Lists">
        {shown?.map((each) => (
          <Row key={each.name} list={each} onEdit={() => setEdited(each)} />
        ))}
      </ul>
      {shown?.length ? (
        <Button
          variant="default"
          leftSection={<IconPlus size={16} stroke={1.7} aria-hidden />}
          onClick={() => setEdited('new')}
        >
          New list
        </Button>
      ) : null}
    </>
  )
}

function Row({ list, onEdit }: { list: ListOut; onEdit: () => void }) {
  const client = useQueryClient()
  const prompt = usePrompt()
  return (
    <li className={classes.row}>
      <div className={classes.said}>
        <strong>{list.name}</strong>{' '}
        <span className={classes.hint}>{count(list.entries.length, 'entry', 'entries')}</span>
        <p className={classes.text}>{list.entries.slice(0, 8).join(', ')}</p>
      </div>
      <div className={classes.tools}>
        <Button
          variant="default"
          aria-label={`Insert ${list.name}`}
          onClick={() => prompt.insert(`__${list.name}__`)}
        >
          Insert
        </Button>
        <ActionIcon size={36} aria-label={`Edit ${list.name}`} onClick={onEdit}>
          <IconPencil size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
        <ActionIcon
          size={36}
          aria-label={`Delete ${list.name}`}
          onClick={() =>
            deleteSoon({
              path: pathOf(list.name),
              text: `The list ${list.name} is deleted`,
              run: () => sdk.deletePromptList({ path: { name: list.name } }),
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

function ListForm({ list, onClose }: { list: ListOut | undefined; onClose: () => void }) {
  const [name, setName] = useState(list?.name ?? '')
  const [text, setText] = useState(list?.entries.join('\n') ?? '')
  const client = useQueryClient()
  const entries = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  const save = useMutation({
    mutationFn: async () => {
      await sdk.putPromptList({ path: { name }, body: { entries } })
      await bookChanged(client)
    },
    onSuccess: onClose,
  })
  const ready = NAME.test(name) && entries.length > 0
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready) save.mutate()
  }
  return (
    <form className={panel.form} onSubmit={submit} aria-label="List">
      <TextInput
        label="Name"
        description={`A prompt names it as __${name || 'animals'}__`}
        size="md"
        maxLength={60}
        autoComplete="off"
        data-autofocus
        // Another name would be another list.
        readOnly={list !== undefined}
        value={name}
        error={
          name && !NAME.test(name) ? 'Letters, digits, dots and dashes, without spaces.' : undefined
        }
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label="Entries"
        description={`One a line, each a prompt of its own: ${count(entries.length, 'entry', 'entries')}`}
        size="md"
        rows={12}
        value={text}
        error={save.isError ? sentenceOf(save.error) : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={panel.actions}>
        <Button type="submit" disabled={!ready} loading={save.isPending}>
          Save the list
        </Button>
        <Button variant="subtle" color="gray" onClick={onClose}>
          Leave it
        </Button>
      </div>
    </form>
  )
}
