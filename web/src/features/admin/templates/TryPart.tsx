import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type EnhanceOut, type TemplateDetailOut, type VersionOut } from '@/api'
import { Panel } from '@/features/account/Panel'
import { count } from '@/ui/format'
import panel from '../panel.module.css'
import type { Target } from './kinds'
import classes from './template.module.css'
import { useTemplateEdit } from './useTemplateEdit'

interface TryPartProps {
  template: TemplateDetailOut
  latest: VersionOut
}

/** One prompt rewritten with the text in use and with the one in the editor, side by side. */
export function TryPart({ template, latest }: TryPartProps) {
  const { edit, dirty } = useTemplateEdit(template.id, latest)
  const [prompt, setPrompt] = useState('a red fox in the snow')
  const run = useMutation({
    mutationFn: () => {
      const ask = (system_prompt: string, token_limit: number | null) =>
        sdk.tryPromptTemplate({
          body: {
            system_prompt,
            token_limit,
            prompt: prompt.trim(),
            target_model: (template.target_model ?? 'sdxl') as Target,
            job_type: template.job_type === 'video' ? 'video' : 'image',
            content_mode: template.content_mode === 'nsfw' ? 'nsfw' : 'sfw',
          },
        })
      return Promise.all([
        ask(template.system_prompt, template.token_limit),
        ask(edit.text, edit.limit),
      ])
    },
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (prompt.trim()) run.mutate()
  }
  const [used, mine] = run.data ?? []
  return (
    <Panel
      title="Try it"
      about="One prompt, rewritten with the text in use and with yours. Nothing is made or kept of it."
    >
      <form className={panel.line} onSubmit={submit} aria-label="Try it">
        <TextInput
          className={panel.grow}
          aria-label="Prompt to try"
          size="md"
          maxLength={4000}
          autoComplete="off"
          value={prompt}
          onChange={(event) => setPrompt(event.currentTarget.value)}
        />
        <Button type="submit" size="md" loading={run.isPending} disabled={!prompt.trim()}>
          Try
        </Button>
      </form>
      {run.isError ? (
        <p className={panel.error} role="alert">
          {sentenceOf(run.error)}
        </p>
      ) : null}
      <div className={classes.columns} role="status">
        <Answer title={`Version ${template.version ?? 1}, in use`} answer={used} />
        <Answer
          title={dirty ? 'Your text, not saved' : `Version ${latest.number}, the newest`}
          answer={mine}
        />
      </div>
    </Panel>
  )
}

function Answer({ title, answer }: { title: string; answer: EnhanceOut | undefined }) {
  return (
    <section className={panel.form} aria-label={title}>
      <h3 className={panel.hint}>{title}</h3>
      <p className={classes.answer}>{answer ? answer.enhanced_prompt : '…'}</p>
      {answer ? (
        <p className={panel.hint}>
          {[
            `${count(answer.tokens, 'token')} of ${answer.token_limit}`,
            answer.engine ? `by ${answer.engine.name}` : 'by rules',
            ...answer.notes.map((note) => note.message),
          ].join(' · ')}
        </p>
      ) : null}
    </section>
  )
}
