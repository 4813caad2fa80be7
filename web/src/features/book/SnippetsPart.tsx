import { Button, Textarea, TextInput } from '@mantine/core'
import { IconTextPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type SnippetOut } from '@/api'
import panel from '@/features/admin/panel.module.css'
import { getDraft } from '@/features/workspace/draft'
import { NamedRows } from './NamedRows'
import { bookChanged, snippets } from './queries'

const pathOf = (name: string) => `/api/prompt-book/snippets/${encodeURIComponent(name)}`

/** Pieces of text that a person writes again and again, put in by a press. */
export function SnippetsPart() {
  const found = useQuery(snippets)
  const [edited, setEdited] = useState<Partial<SnippetOut> | null>(null)
  if (edited) return <SnippetForm snippet={edited} onClose={() => setEdited(null)} />
  return (
    <NamedRows
      noun="snippet"
      icon={IconTextPlus}
      found={found}
      facts={() => null}
      text={({ text }) => text}
      inserted={({ text }) => text}
      pathOf={pathOf}
      remove={(name) => sdk.deletePromptSnippet({ path: { name } })}
      onNew={() => setEdited({ text: getDraft().prompt })}
      onEdit={setEdited}
    >
      Keep words here that you use often, such as how light falls, and put them into any prompt.
    </NamedRows>
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
