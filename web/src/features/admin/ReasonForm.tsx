import { Button, TextInput } from '@mantine/core'
import { useState, type ReactNode, type SubmitEvent } from 'react'
import { sentenceOf } from '@/api'
import classes from './panel.module.css'

interface ReasonFormProps {
  /** What the button does, such as `Suspend`. */
  action: string
  label?: string
  description?: string
  danger?: boolean
  pending: boolean
  error: unknown
  /** Further conditions, such as a name that is typed. */
  disabled?: boolean
  children?: ReactNode
  onSubmit: (reason: string) => void
}

/** Something that is done for a reason, which the trail keeps. */
export function ReasonForm({
  action,
  label = 'Reason',
  description,
  danger = false,
  pending,
  error,
  disabled = false,
  children,
  onSubmit,
}: ReasonFormProps) {
  const [reason, setReason] = useState('')
  const ready = reason.trim() !== '' && !disabled
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready) onSubmit(reason.trim())
  }
  return (
    <form className={`${classes.form} ${classes.short}`} onSubmit={submit} aria-label={action}>
      {children}
      <TextInput
        label={label}
        description={description}
        size="md"
        maxLength={500}
        autoComplete="off"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {error ? (
        <p className={classes.error} role="alert">
          {sentenceOf(error)}
        </p>
      ) : null}
      <div className={classes.actions}>
        <Button
          type="submit"
          {...(danger ? { color: 'red', variant: 'light' } : { variant: 'default' })}
          loading={pending}
          disabled={!ready}
        >
          {action}
        </Button>
      </div>
    </form>
  )
}
