import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type ContentOut } from '@/api'
import { keys } from '@/api/keys'
import classes from '@/features/settings/Settings.module.css'
import { Choice } from '@/ui/Fields'
import { coverAll } from './cover'

/** The own choice of content, behind the age gate. */
export function ContentPart({ found }: { found: ContentOut }) {
  if (found.age_check === 'open') return <AgeForm />
  if (found.age_check === 'closed') {
    return (
      <p className={classes.hint}>
        You see content for a general audience. Only an admin of this studio can confirm your age.
      </p>
    )
  }
  return <Choices found={found} />
}

function AgeForm() {
  const client = useQueryClient()
  const [born, setBorn] = useState('')
  const confirm = useMutation({
    mutationFn: () => sdk.confirmAge({ body: { birth_date: born } }),
    onSuccess: (found) => client.setQueryData(keys.content, found),
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (born) confirm.mutate()
  }
  return (
    <form className={classes.form} onSubmit={submit} aria-label="Age">
      <TextInput
        type="date"
        label="Birth date"
        description="Content for adults needs a confirmed age. The date is judged once and not stored."
        size="md"
        autoComplete="bday"
        value={born}
        error={confirm.isError ? sentenceOf(confirm.error) : undefined}
        onChange={(event) => {
          setBorn(event.currentTarget.value)
          if (confirm.isError) confirm.reset()
        }}
      />
      <Button
        type="submit"
        variant="default"
        className={classes.submit}
        loading={confirm.isPending}
        disabled={!born}
      >
        Confirm
      </Button>
    </form>
  )
}

function Choices({ found }: { found: ContentOut }) {
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: (body: { mode: ContentOut['mode']; blur: boolean }) => sdk.setContent({ body }),
    onSuccess: (changed) => {
      coverAll()
      client.setQueryData(keys.content, changed)
      for (const queryKey of [keys.jobs, keys.workspace, keys.library]) {
        void client.invalidateQueries({ queryKey })
      }
    },
  })
  const own = found.steps.find((step) => step.name === 'own')?.mode ?? 'general'
  const shown = change.isPending ? change.variables : { mode: own, blur: found.blur }
  return (
    <div className={classes.form}>
      <Choice<ContentOut['mode']>
        label="Content"
        value={shown.mode}
        onChange={(mode) => change.mutate({ mode, blur: found.blur })}
        options={[
          { value: 'general', label: 'General' },
          { value: 'adult', label: 'For adults' },
        ]}
      />
      <Choice<'on' | 'off'>
        label="Cover"
        value={shown.blur ? 'on' : 'off'}
        onChange={(blur) => change.mutate({ mode: own, blur: blur === 'on' })}
        options={[
          { value: 'on', label: 'On' },
          { value: 'off', label: 'Off' },
        ]}
      />
      <p className={classes.hint}>
        In the general mode nothing that was made for adults is shown. With the cover on, it stays
        covered until you choose it.
      </p>
      {change.isError ? (
        <p className={classes.error} role="alert">
          {sentenceOf(change.error)}
        </p>
      ) : null}
    </div>
  )
}
