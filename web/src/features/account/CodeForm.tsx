import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type MeOut } from '@/api'
import classes from './SignInPage.module.css'

/** A code of two-factor sign-in. */
export function CodeField({
  value,
  onChange,
}: {
  value: string
  onChange: (value: string) => void
}) {
  return (
    <TextInput
      label="Code"
      description="From your authenticator app, or one of your recovery codes."
      name="code"
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      autoFocus
      size="md"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** The last step where a provider let somebody in, and the studio asks for their code as well. */
export function CodeForm({ onEnter }: { onEnter: (me: MeOut) => void }) {
  const [code, setCode] = useState('')
  const enter = useMutation({
    meta: { signsIn: true },
    mutationFn: () => sdk.finishOidcWithCode({ body: { code: code.trim() } }),
    onSuccess: onEnter,
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    enter.mutate()
  }
  return (
    <form className={classes.form} onSubmit={submit} aria-label="Two-factor sign-in">
      <CodeField value={code} onChange={setCode} />
      {enter.isError ? (
        <p className={classes.error} role="alert">
          {sentenceOf(enter.error)}
        </p>
      ) : null}
      <Button type="submit" size="md" loading={enter.isPending} disabled={!code.trim()}>
        Sign in
      </Button>
    </form>
  )
}
