import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sentenceOf, type TemplateDetailOut, type VersionOut } from '@/api'
import { Panel } from '@/features/account/Panel'
import panel from '../panel.module.css'
import classes from './template.module.css'
import { rewrites, SAMPLE, SAMPLES, tried, type Text, type Tried } from './trying'
import { useTemplateEdit } from './useTemplateEdit'

interface TryPartProps {
  template: TemplateDetailOut
  latest: VersionOut
}

/** The same seed for both, so that only the texts differ. */
const SEED = 7

/** One input with the text in use and with the one in the editor, side by side. */
export function TryPart({ template, latest }: TryPartProps) {
  const { edit, dirty } = useTemplateEdit(template.id, latest)
  const [said, setSaid] = useState(SAMPLES[template.use_case] ?? SAMPLE)
  const forPrompts = rewrites(template)
  const used: Text = { text: template.system_prompt, limit: template.token_limit }
  const mine: Text = { text: edit.text, limit: edit.limit }
  const same = used.text === mine.text && used.limit === mine.limit
  const first = useMutation({ mutationFn: (text: string) => tried(template, used, text, SEED) })
  const second = useMutation({ mutationFn: (text: string) => tried(template, mine, text, SEED) })
  const pending = first.isPending || second.isPending
  const run = async (text: string) => {
    second.reset()
    // One after the other: a text model answers one request at a time.
    await first.mutateAsync(text)
    if (!same) await second.mutateAsync(text)
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    // What goes wrong stands where the answer would.
    if (said.trim()) run(said.trim()).catch(() => undefined)
  }
  const number = template.version ?? 1
  return (
    <Panel
      title="Try it"
      about={
        forPrompts
          ? 'One prompt, rewritten with the text in use and with yours. Nothing is made or kept of it.'
          : 'One message, answered by the text in use and by yours. A sample character and moment fill the placeholders; nothing is kept of it.'
      }
    >
      <form className={panel.line} onSubmit={submit} aria-label="Try it">
        <TextInput
          className={panel.grow}
          aria-label={forPrompts ? 'Prompt to try' : 'Message to try'}
          size="md"
          maxLength={4000}
          autoComplete="off"
          value={said}
          onChange={(event) => setSaid(event.currentTarget.value)}
        />
        <Button type="submit" size="md" loading={pending} disabled={!said.trim()}>
          Try
        </Button>
      </form>
      <div className={classes.columns}>
        <Answer
          title={template.is_active ? `Version ${number}, in use` : `Version ${number}`}
          run={first}
        />
        {same ? (
          <section className={panel.form} aria-label="Yours">
            <h3 className={panel.hint}>Yours</h3>
            <p className={panel.hint}>
              The editor has the same text. Change it under <strong>Text</strong>, saved or not, and
              try both.
            </p>
          </section>
        ) : (
          <Answer
            title={dirty ? 'Your text, not saved' : `Version ${latest.number}, the newest`}
            run={second}
          />
        )}
      </div>
    </Panel>
  )
}

interface Run {
  data: Tried | undefined
  error: Error | null
  isPending: boolean
}

function Answer({ title, run }: { title: string; run: Run }) {
  return (
    <section className={panel.form} aria-label={title} aria-busy={run.isPending}>
      <h3 className={panel.hint}>{title}</h3>
      {run.error ? (
        <p className={panel.error} role="alert">
          {sentenceOf(run.error)}
        </p>
      ) : (
        <p className={classes.answer} role="status">
          {run.isPending ? 'Writing…' : (run.data?.words ?? 'Not tried yet.')}
        </p>
      )}
      {run.data && !run.isPending ? (
        <p className={panel.hint}>{run.data.facts.join(' · ')}</p>
      ) : null}
    </section>
  )
}
