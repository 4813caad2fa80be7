import { ActionIcon, Button, Textarea, TextInput } from '@mantine/core'
import { IconPencil, IconPlus, IconTextPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type SnippetOut } from '@/api'
import { deleteSoon, useGoing } from '@/app/deletion'
import { PanelError, RowsSkeleton } from '@/features/account/Panel'
import panel from '@/features/admin/panel.module.css'
import { getDraft } from '@/features/workspace/draft'
import { EmptyState } from '@/ui/States'
import classes from './book.module.css'
import { bookChanged, snippets } from './queries'
import { usePrompt } from './usePrompt'

const pathOf = (name: string) => `/api/prompt-book/snippets/${encodeURIComponent(name)}`

/** Pieces of text that a person writes again and again, put in by a press. */
export function SnippetsPart() {
  const list = useQuery(snippets)
  const going = useGoing()
  const [edited, setEdited] = useState<Partial<SnippetOut> | null>(null)
  const shown = list.data?.filter((each) => !going.has(pathOf(each.name)))
  if (edited) return <SnippetForm snippet={edited} onClose={() => setEdited(null)} />
  const begin = () => setEdited({ text: getDraft().prompt })
  return (
    <>
      {list.isPending ? <RowsSkeleton rows={4} height={64} /> : null}
      {list.isError && !list.data ? (
        <PanelError what="Your snippets" error={list.error} onRetry={() => void list.refetch()} />
      ) : null}
      {shown?.length === 0 ? (
        <EmptyState
          icon={IconTextPlus}
          title="No snippets yet"
          actions={<Button onClick={begin}>Make the first snippet</Button>}
        >
          Keep words here that you use often, such as how light falls, and put them into any prompt.
        </EmptyState>
      ) : null}
      <ul className={classes.rows} aria-label="Snippets">
        {shown?.map((each) => (
          <Row key={each.name} snippet={each} onEdit={() => setEdited(each)} />
        ))}
      </ul>
      {shown?.length ? (
        <Button
          variant="default"
          leftSection={<IconPlus size={16} stroke={1.7} aria-hidden />}
          onClick={begin}
        >
          New snippet
        </Button>
      ) : null}
    </>
  )
}

function Row({ snippet, onEdit }: { snippet: SnippetOut; onEdit: () => void }) {
  const client = useQueryClient()
  const prompt = usePrompt()
  return (
    <li className={classes.row}>
      <div className={classes.said}>
        <strong>{snippet.name}</strong>
        <p className={classes.text}>{snippet.text}</p>
      </div>
      <div className={classes.tools}>
        <Button
          variant="default"
          aria-label={`Insert ${snippet.name}`}
          onClick={() => prompt.insert(snippet.text)}
        >
          Insert
        </Button>
        <ActionIcon size={36} aria-label={`Edit ${snippet.name}`} onClick={onEdit}>
          <IconPencil size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
        <ActionIcon
          size={36}
          aria-label={`Delete ${snippet.name}`}
          onClick={() =>
            deleteSoon({
              path: pathOf(snippet.name),
              text: `The snippet ${snippet.name} is deleted`,
              run: () => sdk.deletePromptSnippet({ path: { name: snippet.name } }),
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

function SnippetForm({ snippet, onClose }: { snippet: Partial<SnippetOut>; onClose: () => void }) {
  const [name, setName] = useState(snippet.name ?? '')
  const [text, setText] = useState(snippet.text ?? '')
  const client = useQueryClient()
  const save = useMutation({
    mutationFn: async () => {
      await sdk.putPromptSnippet({ path: { name: name.trim() }, body: { text: text.trim() } })
      await bookChanged(client)
    },
    onSuccess: onClose,
  })
  const ready = name.trim() !== '' && !name.includes('/') && text.trim() !== ''
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready) save.mutate()
  }
  return (
    <form className={panel.form} onSubmit={submit} aria-label="Snippet">
      <TextInput
        label="Name"
        size="md"
        maxLength={60}
        autoComplete="off"
        data-autofocus
        // Another name would be another snippet.
        readOnly={snippet.name !== undefined}
        value={name}
        error={name.includes('/') ? 'A name has no slash.' : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label="Text"
        size="md"
        rows={4}
        maxLength={4000}
        value={text}
        error={save.isError ? sentenceOf(save.error) : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={panel.actions}>
        <Button type="submit" disabled={!ready} loading={save.isPending}>
          Save the snippet
        </Button>
        <Button variant="subtle" color="gray" onClick={onClose}>
          Leave it
        </Button>
      </div>
    </form>
  )
}
