import { Button, NumberInput, Textarea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState, type SubmitEvent } from 'react'
import {
  ApiError,
  sdk,
  sentenceOf,
  type CheckOut,
  type TemplateDetailOut,
  type VersionOut,
} from '@/api'
import { showToast } from '@/ui/toastStore'
import panel from '../panel.module.css'
import type { Target, UseCase } from './kinds'
import { Overtaken } from './Overtaken'
import { insertAt, placeholdersIn } from './placeholders'
import { Placeholders } from './Placeholders'
import { Publish } from './Publish'
import { templateCheck, templatesChanged, useCases } from './queries'
import classes from './template.module.css'
import { useTemplateEdit, type Edit } from './useTemplateEdit'

const TYPING_MS = 400

interface TextPartProps {
  template: TemplateDetailOut
  latest: VersionOut
}

/** The editor of a template: it is checked while one writes, and saved as a draft. */
export function TextPart({ template, latest }: TextPartProps) {
  const { edit, dirty, overtaken, change, drop } = useTemplateEdit(template.id, latest)
  const field = useRef<HTMLTextAreaElement>(null)
  /** Where the caret stood when the text was left; before that, a placeholder goes to its end. */
  const caret = useRef<{ from: number; to: number } | null>(null)
  const check = useCheck(template, edit)
  const insert = (name: string) => {
    const end = edit.text.length
    const { from, to } = caret.current ?? { from: end, to: end }
    const put = insertAt(edit.text, `{{${name}}}`, from, to)
    change({ text: put.text })
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(put.caret, put.caret)
    })
  }
  const problems = (about: string) => check?.remarks.filter((remark) => remark.field === about)
  return (
    <div className={classes.editor}>
      {overtaken ? (
        <Overtaken
          template={template}
          from={edit.basedOn}
          latest={latest}
          onKeep={() => change({ basedOn: latest.number })}
          onDrop={drop}
        />
      ) : null}
      <div className={classes.writing}>
        <div className={classes.label}>
          <label htmlFor="template-text">Text</label>
          <span role="status">{check ? tokensSaid(check, edit.limit) : ''}</span>
        </div>
        <textarea
          id="template-text"
          ref={field}
          className={classes.text}
          spellCheck
          maxLength={40_000}
          aria-describedby="template-text-remarks"
          aria-invalid={problems('system_prompt')?.some((each) => each.level === 'error')}
          value={edit.text}
          onChange={(event) => change({ text: event.currentTarget.value })}
          onBlur={(event) => {
            const { selectionStart: from, selectionEnd: to } = event.currentTarget
            caret.current = { from, to }
          }}
        />
        <Remarks id="template-text-remarks" remarks={problems('system_prompt')} />
      </div>
      <div className={`${panel.form} ${classes.aside}`}>
        <PlaceholderList template={template} edit={edit} check={check} onInsert={insert} />
        <LimitField template={template} edit={edit} change={change} />
        <Remarks id="template-limit-remarks" remarks={problems('token_limit')} />
        <TextInput
          label="Description"
          size="sm"
          maxLength={2000}
          value={edit.description}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <Textarea
          label="Notes for those who edit it"
          size="sm"
          rows={3}
          maxLength={2000}
          value={edit.comment}
          onChange={(event) => change({ comment: event.currentTarget.value })}
        />
      </div>
      <Save
        template={template}
        edit={edit}
        dirty={dirty}
        broken={check?.remarks.some((each) => each.level === 'error') ?? false}
        held={overtaken}
        onSaved={drop}
        onDrop={drop}
      />
      {dirty ? null : <Publish template={template} latest={latest} />}
    </div>
  )
}

function useCheck(template: TemplateDetailOut, edit: Edit): CheckOut | undefined {
  const [settled] = useDebouncedValue(edit, TYPING_MS)
  const { data } = useQuery(
    templateCheck({
      system_prompt: settled.text,
      use_case: template.use_case as UseCase,
      target_model: template.target_model as Target | null,
      token_limit: settled.limit,
    }),
  )
  return data
}

function tokensSaid({ tokens }: CheckOut, limit: number | null): string {
  const about = `about ${tokens.toLocaleString('en-GB')} tokens`
  return limit === null ? about : `${about}, and up to ${limit.toLocaleString('en-GB')} of answer`
}

function Remarks({ id, remarks }: { id: string; remarks: CheckOut['remarks'] | undefined }) {
  return (
    <ul id={id} className={classes.remarks}>
      {remarks?.map((remark) => (
        <li key={remark.code + remark.message} data-level={remark.level}>
          {remark.message}
        </li>
      ))}
    </ul>
  )
}

function PlaceholderList({
  template,
  edit,
  check,
  onInsert,
}: {
  template: TemplateDetailOut
  edit: Edit
  check: CheckOut | undefined
  onInsert: (name: string) => void
}) {
  const { data: cases } = useQuery(useCases)
  const known = cases?.find((each) => each.name === template.use_case)?.placeholders ?? []
  const named = placeholdersIn(edit.text)
  return (
    <Placeholders
      known={known}
      used={check ? known.filter((name) => named.includes(name)) : []}
      unknown={cases ? named.filter((name) => !known.includes(name)) : []}
      onInsert={onInsert}
    />
  )
}

function LimitField({ template, edit, change }: TextFieldProps & { template: TemplateDetailOut }) {
  const { data: cases } = useQuery(useCases)
  const bounds = cases?.find((each) => each.name === template.use_case)
  return (
    <NumberInput
      label="Longest answer, in tokens"
      description={
        bounds ? `From ${bounds.least_tokens} to ${bounds.most_tokens}; empty for as usual.` : ' '
      }
      aria-describedby="template-limit-remarks"
      size="sm"
      allowDecimal={false}
      allowNegative={false}
      max={100_000}
      value={edit.limit ?? ''}
      onChange={(value) => change({ limit: typeof value === 'number' && value > 0 ? value : null })}
    />
  )
}

interface TextFieldProps {
  edit: Edit
  change: (part: Partial<Edit>) => void
}

interface SaveProps {
  template: TemplateDetailOut
  edit: Edit
  dirty: boolean
  broken: boolean
  /** Somebody saved meanwhile, which comes first. */
  held: boolean
  onSaved: () => void
  onDrop: () => void
}

function Save({ template, edit, dirty, broken, held, onSaved, onDrop }: SaveProps) {
  const [message, setMessage] = useState('')
  const client = useQueryClient()
  const save = useMutation({
    mutationFn: () =>
      sdk.saveTemplateVersion({
        path: { template_id: template.id },
        body: {
          system_prompt: edit.text,
          token_limit: edit.limit,
          description: edit.description || null,
          comment: edit.comment || null,
          message: message.trim(),
          based_on: edit.basedOn,
        },
      }),
    onSuccess: async (saved) => {
      showToast({ text: `Saved as version ${saved.latest_version}, a draft`, tone: 'success' })
      setMessage('')
      await templatesChanged(client)
      onSaved()
    },
    onError: async (error) => {
      // Somebody saved meanwhile: with their version read, the page says so.
      if (error instanceof ApiError && error.code === 'version_overtaken') {
        await templatesChanged(client)
      }
    },
  })
  if (!dirty) return null
  const ready = message.trim() !== '' && !broken && !held
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready) save.mutate()
  }
  return (
    <form className={`${panel.form} ${classes.save}`} onSubmit={submit} aria-label="Save">
      <TextInput
        className={classes.message}
        label="What changed"
        placeholder="Shorter, and asks for light"
        size="md"
        maxLength={200}
        autoComplete="off"
        value={message}
        onChange={(event) => setMessage(event.currentTarget.value)}
      />
      <div className={panel.actions}>
        <Button type="submit" loading={save.isPending} disabled={!ready}>
          Save as draft
        </Button>
        <Button variant="subtle" color="gray" onClick={onDrop}>
          Drop my changes
        </Button>
      </div>
      {save.isError && !held ? (
        <p className={panel.error} role="alert">
          {sentenceOf(save.error)}
        </p>
      ) : null}
    </form>
  )
}
