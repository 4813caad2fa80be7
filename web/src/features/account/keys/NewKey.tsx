import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type NewApiKeyOut } from '@/api'
import { keys } from '@/api/keys'
import parts from '@/features/account/parts.module.css'
import { SelectField } from '@/ui/Fields'
import classes from './Keys.module.css'
import { endOf, isLifetime, LIFETIMES, SCOPES, USUAL, type Lifetime, type Scope } from './scopes'

/** Makes a key: its name, what it may do, and for how long. */
export function NewKey({ onMade }: { onMade: (made: NewApiKeyOut) => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly Scope[]>(USUAL)
  const [lifetime, setLifetime] = useState<Lifetime>('never')
  const create = useMutation({
    mutationFn: () =>
      sdk.createApiKey({
        body: { name: name.trim(), scopes: [...scopes], expires_at: endOf(lifetime) },
      }),
    onSuccess: (made) => {
      setName('')
      onMade(made)
      void client.invalidateQueries({ queryKey: keys.apiKeys })
    },
  })
  const ready = name.trim() !== '' && scopes.length > 0
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready) create.mutate()
  }
  const toggle = (scope: Scope) =>
    setScopes((old) =>
      SCOPES.map(({ id }) => id).filter((id) =>
        id === scope ? !old.includes(id) : old.includes(id),
      ),
    )
  return (
    <form className={parts.form} onSubmit={submit} aria-label="New API key">
      <TextInput
        label="Name"
        placeholder="such as: drawing script on the laptop"
        size="md"
        maxLength={80}
        value={name}
        error={create.isError ? sentenceOf(create.error) : undefined}
        onChange={(event) => {
          setName(event.currentTarget.value)
          if (create.isError) create.reset()
        }}
      />
      <fieldset className={classes.scopes}>
        <legend>What it may do</legend>
        {SCOPES.map((scope) => (
          <label key={scope.id} className={classes.scope}>
            <input
              type="checkbox"
              checked={scopes.includes(scope.id)}
              onChange={() => toggle(scope.id)}
            />
            <span>
              {scope.label}
              <span className={classes.may}>{scope.may}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <SelectField
        label="Works until"
        value={lifetime}
        options={LIFETIMES}
        onChange={(value) => {
          if (isLifetime(value)) setLifetime(value)
        }}
      />
      <Button
        type="submit"
        variant="default"
        className={parts.submit}
        loading={create.isPending}
        disabled={!ready}
      >
        Make a key
      </Button>
    </form>
  )
}
