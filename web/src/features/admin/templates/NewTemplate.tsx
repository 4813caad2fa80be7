import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type SubmitEvent } from 'react'
import { ApiError, sdk, sentenceOf, type TemplateDetailOut } from '@/api'
import { showToast } from '@/ui/toastStore'
import panel from '../panel.module.css'
import type { KeySearch } from '../search'
import { KeyFields } from './KeyFields'
import { templatesChanged } from './queries'
import classes from './template.module.css'

interface NewTemplateProps {
  /** What it is for, as far as that is known. */
  start: KeySearch
  /** The template whose newest text it begins with. */
  copyOf?: TemplateDetailOut
  onClose: () => void
}

/** Makes a template as a draft, of a text of its own or as a copy, and opens it. */
export function NewTemplate({ start, copyOf, onClose }: NewTemplateProps) {
  const [key, setKey] = useState<KeySearch>({
    ...start,
    use: start.use ?? 'enhancement',
    enhancer: start.enhancer ?? 'qwen_instruct',
    mode: start.mode ?? 'sfw',
  })
  const [name, setName] = useState(copyOf ? `${copyOf.template_name} (copy)` : '')
  const [text, setText] = useState('')
  const client = useQueryClient()
  const navigate = useNavigate()
  const make = useMutation({
    mutationFn: () => {
      const body = {
        template_name: name.trim(),
        use_case: key.use ?? 'enhancement',
        target_model: key.target ?? null,
        job_type: key.made ?? null,
        enhancer_model: key.enhancer,
        content_mode: key.mode,
      }
      return copyOf
        ? sdk.duplicatePromptTemplate({ path: { template_id: copyOf.id }, body })
        : sdk.makePromptTemplate({ body: { ...body, system_prompt: text } })
    },
    onSuccess: async (made) => {
      showToast({ text: `Made ${made.template_name}: a draft until it is published` })
      await navigate({ to: '/admin/templates/$templateId', params: { templateId: made.id } })
      await templatesChanged(client)
    },
  })
  const ready = name.trim() !== '' && (copyOf !== undefined || text.trim() !== '')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready) make.mutate()
  }
  const { error } = make
  const at = error instanceof ApiError ? error.field : null
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      centered
      title={copyOf ? `Copy ${copyOf.template_name}` : 'New template'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form className={panel.form} onSubmit={submit} aria-label="New template">
        <TextInput
          label="Name"
          size="md"
          maxLength={100}
          autoComplete="off"
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={classes.keyFields}>
          <KeyFields
            value={key}
            onChange={(change) => setKey({ ...key, ...change })}
            any={{ target: 'Bound to none', made: 'Bound to none' }}
          />
        </div>
        {copyOf ? null : (
          <Textarea
            label="Text"
            description="What the language model is told. It is checked while you edit it later."
            size="md"
            rows={6}
            maxLength={40_000}
            value={text}
            error={at === 'system_prompt' && error ? sentenceOf(error) : undefined}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {error && at !== 'system_prompt' ? (
          <p className={panel.error} role="alert">
            {sentenceOf(error)}
          </p>
        ) : null}
        <div className={panel.actions}>
          <Button type="submit" loading={make.isPending} disabled={!ready}>
            Make the draft
          </Button>
        </div>
      </form>
    </Modal>
  )
}
