import { Button, PasswordInput, TextInput } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState, type SubmitEvent } from 'react'
import { ApiError, sdk, sentenceOf, type EngineServerIn, type EngineServerOut } from '@/api'
import { Choice, SelectField } from '@/ui/Fields'
import { showToast } from '@/ui/toastStore'
import classes from './Engines.module.css'
import { KIND_NAMES, KINDS, type Kind } from './kinds'
import { howItIs, useReadAfresh } from './queries'

type Workflow = EngineServerIn['workflow']
/** An own workflow as it is to be: null for the studio's, undefined to leave what is there. */
type Wanted = Workflow | undefined

interface FormProps {
  /** The server to change; without one a new one is connected. */
  server?: EngineServerOut
  onDone: () => void
}

/** Connects a server, or changes one. It is asked what it has as soon as it is saved. */
export function ServerForm({ server, onDone }: FormProps) {
  const [kind, setKind] = useState<Kind>(server?.kind ?? 'comfyui')
  const [name, setName] = useState(server?.name ?? '')
  const [address, setAddress] = useState(server?.address ?? '')
  const [key, setKey] = useState('')
  const [username, setUsername] = useState(server?.username ?? '')
  const [model, setModel] = useState(server?.model ?? '')
  const [workflow, setWorkflow] = useState<Wanted>(undefined)
  const readAfresh = useReadAfresh()
  const about = KINDS[kind]
  const save = useMutation({
    mutationFn: () => {
      const body = {
        name: name.trim() || about.label,
        address: address.trim() || about.address,
        model,
        ...(key ? { key } : {}),
        ...(named !== null && named !== (server?.username ?? '') ? { username: named } : {}),
        ...(workflow === undefined || kind !== 'comfyui' ? {} : { workflow }),
      }
      return server
        ? sdk.changeEngineServer({ path: { server_id: server.id }, body })
        : sdk.addEngineServer({ body: { ...body, kind } })
    },
    onSuccess: async (saved) => {
      showToast({ text: howItIs(saved), ...(saved.works ? { tone: 'success' as const } : {}) })
      await readAfresh()
      onDone()
    },
  })
  // Null where the kind has no names to sign in by.
  const named = about.login ? username.trim() : null
  const wrong = save.error instanceof ApiError ? save.error.field : null
  const errorAt = (field: string) => (wrong === field ? sentenceOf(save.error) : undefined)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form
      className={classes.form}
      onSubmit={submit}
      aria-label={server ? `Change ${server.name}` : 'Connect a server'}
    >
      {server ? null : (
        <div className={classes.kinds}>
          <Choice
            label="Speaks"
            value={kind}
            onChange={(next) => {
              setKind(next)
              save.reset()
            }}
            options={KIND_NAMES.map((value) => ({ value, label: KINDS[value].label }))}
          />
        </div>
      )}
      <p className={classes.hint}>{about.hint}</p>
      <div className={classes.pair}>
        <TextInput
          label="Name"
          placeholder={about.label}
          size="md"
          maxLength={60}
          value={name}
          error={errorAt('name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Address"
          placeholder={about.address}
          size="md"
          maxLength={300}
          inputMode="url"
          spellCheck={false}
          value={address}
          error={errorAt('address')}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
      </div>
      {about.login ? (
        <TextInput
          label="Name, if it wants one"
          description="Of --api-auth NAME:PASSWORD. Empty where a key is enough."
          size="md"
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          value={username}
          error={errorAt('username')}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
      ) : null}
      <PasswordInput
        label={about.key ? 'Key' : named ? 'Password' : 'Key, if it wants one'}
        description={
          server?.has_key
            ? 'One is kept. Leave this empty to keep it; at another host or port it has to be given again.'
            : 'Kept encrypted, and never shown again.'
        }
        size="md"
        maxLength={1000}
        autoComplete="off"
        value={key}
        error={errorAt('key')}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
      {server && server.models.length > 1 ? (
        <SelectField
          label="Model of jobs that name none"
          value={model}
          onChange={setModel}
          options={[
            { value: '', label: 'The first of the server' },
            ...server.models.map((each) => ({ value: each, label: each })),
          ]}
        />
      ) : null}
      {kind === 'comfyui' ? (
        <WorkflowField
          kept={server?.has_workflow === true}
          wanted={workflow}
          error={errorAt('workflow')}
          onChange={setWorkflow}
        />
      ) : null}
      {save.isError && !['name', 'address', 'key', 'username', 'workflow'].includes(wrong ?? '') ? (
        <p className={classes.error} role="alert">
          {sentenceOf(save.error)}
        </p>
      ) : null}
      <div className={classes.actions}>
        <Button type="submit" loading={save.isPending}>
          {server ? 'Save and test' : 'Connect and test'}
        </Button>
        <Button variant="subtle" color="gray" onClick={onDone}>
          Leave it
        </Button>
      </div>
    </form>
  )
}

/** A workflow of one's own, from a file. */
function WorkflowField({
  kept,
  wanted,
  error,
  onChange,
}: {
  kept: boolean
  wanted: Wanted
  error: string | undefined
  onChange: (workflow: Wanted) => void
}) {
  const file = useRef<HTMLInputElement>(null)
  const [name, setName] = useState('')
  const [unread, setUnread] = useState('')
  const own = wanted === undefined ? kept : wanted !== null
  const read = async (chosen: File) => {
    try {
      onChange(JSON.parse(await chosen.text()) as Workflow)
      setName(chosen.name)
      setUnread('')
    } catch {
      setUnread(`${chosen.name} is no JSON: export the workflow with “Export (API)”.`)
    }
  }
  return (
    <div className={classes.workflow}>
      <div>
        <div>{own ? (wanted ? `Workflow: ${name}` : 'A workflow of your own') : 'Workflow'}</div>
        <p className={classes.hint}>
          {own
            ? 'Prompt, seed, size and the rest go where its nodes take them.'
            : 'The studio’s own, for pictures and for clips by Wan 2.1. Yours takes the place of one: export it in ComfyUI with “Export (API)”.'}
        </p>
        {(unread || error) && (
          <p className={classes.error} role="alert">
            {unread || error}
          </p>
        )}
      </div>
      <div className={classes.actions}>
        <Button
          variant="default"
          leftSection={<IconFileUpload size={18} stroke={1.7} />}
          onClick={() => file.current?.click()}
        >
          {own ? 'Another file' : 'Choose a file'}
        </Button>
        {own ? (
          <Button variant="subtle" color="gray" onClick={() => onChange(kept ? null : undefined)}>
            Use the studio’s
          </Button>
        ) : null}
      </div>
      <input
        ref={file}
        type="file"
        hidden
        accept="application/json,.json"
        aria-label="Workflow file"
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0]
          if (chosen) void read(chosen)
          event.currentTarget.value = ''
        }}
      />
    </div>
  )
}
