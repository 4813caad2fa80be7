import { Button, Textarea, TextInput } from '@mantine/core'
import { IconListDetails } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type ListOut } from '@/api'
import panel from '@/features/admin/panel.module.css'
import { count } from '@/ui/format'
import classes from './book.module.css'
import { NamedRows } from './NamedRows'
import { bookChanged, lists } from './queries'

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/
const pathOf = (name: string) => `/api/prompt-book/lists/${encodeURIComponent(name)}`

/** Lists that prompts name as `__name__`, of which one entry takes its place. */
export function ListsPart() {
  const found = useQuery(lists)
  const [edited, setEdited] = useState<ListOut | 'new' | null>(null)
  if (edited) {
    return <ListForm list={edited === 'new' ? undefined : edited} onClose={() => setEdited(null)} />
  }
  return (
    <NamedRows
      noun="list"
      icon={IconListDetails}
      found={found}
      facts={({ entries }) => (
        <span className={classes.hint}>{count(entries.length, 'entry', 'entries')}</span>
      )}
      text={({ entries }) => entries.slice(0, 8).join(', ')}
      inserted={({ name }) => `__${name}__`}
      pathOf={pathOf}
      remove={(name) => sdk.deletePromptList({ path: { name } })}
      onNew={() => setEdited('new')}
      onEdit={setEdited}
    >
      Write a list of animals, and a prompt with <code>__animals__</code> in it makes a picture of
      each.
    </NamedRows>
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
