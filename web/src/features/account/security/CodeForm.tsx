import { Button, TextInput } from '@mantine/core'
import { useState, type SubmitEvent } from 'react'
import { sentenceOf } from '@/api'
import parts from '@/features/account/parts.module.css'
import classes from './TwoFactor.module.css'

interface CodeFormProps {
  /** What the code is for; names the form. */
  name: string
  action: string
  tone?: 'red'
  /** Whether a recovery code does as well. */
  recovery?: boolean
  pending: boolean
  error: unknown
  onCode: (code: string) => void
  onCancel: () => void
}

/** Asks for a code of the authenticator app. */
export function CodeForm({
  name,
  action,
  tone,
  recovery = false,
  pending,
  error,
  onCode,
  onCancel,
}: CodeFormProps) {
  const [code, setCode] = useState('')
  const given = code.trim()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (given) onCode(given)
  }
  return (
    <form className={parts.form} onSubmit={submit} aria-label={name}>
      <TextInput
        className={classes.code}
        label="Code"
        description={recovery ? 'From the app, or a recovery code.' : 'Six digits, from the app.'}
        name="code"
        autoComplete="one-time-code"
        inputMode={recovery ? 'text' : 'numeric'}
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        size="md"
        maxLength={40}
        value={code}
        error={error ? sentenceOf(error) : undefined}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <div className={parts.buttons}>
        <Button type="submit" color={tone} loading={pending} disabled={!given}>
          {action}
        </Button>
        <Button variant="subtle" color="gray" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
