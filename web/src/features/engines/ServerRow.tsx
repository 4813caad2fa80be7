import { Button } from '@mantine/core'
import { IconCircleCheck, IconCircleOff, IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { sdk, type EngineServerOut } from '@/api'
import { count, when } from '@/ui/format'
import classes from './Engines.module.css'
import { quicknessOf, standingOf } from './facts'
import { KINDS } from './kinds'
import { LastFault } from './LastFault'
import { howItIs, measurements, useServerAction } from './queries'
import { ServerForm } from './ServerForm'

/** One server: how it is, and what can be done with it. */
export function ServerRow({ server }: { server: EngineServerOut }) {
  const [open, setOpen] = useState<'' | 'change' | 'remove'>('')
  const standing = standingOf(server.engine_id, [], useQuery(measurements).data ?? [])
  const paces = standing.measured.map(quicknessOf).filter(Boolean)
  const path = { server_id: server.id }
  const test = useServerAction(() => sdk.testEngineServer({ path }), howItIs)
  const turn = useServerAction(
    (enabled: boolean) => sdk.changeEngineServer({ path, body: { enabled } }),
    howItIs,
  )
  const remove = useServerAction(
    async () => {
      await sdk.removeEngineServer({ path })
      return undefined
    },
    () => `${server.name} is removed, with its key`,
  )
  return (
    <li className={classes.server}>
      <div className={classes.head}>
        <StateMark server={server} />
        <h3 className={classes.name}>{server.name}</h3>
        <span className={classes.tag}>{KINDS[server.kind].label}</span>
        <code className={classes.address}>{server.address}</code>
      </div>
      <p className={server.enabled && server.fault ? classes.error : classes.hint}>
        {stateOf(server)}
      </p>
      {paces.length ? <p className={classes.hint}>{paces.join('. ')}.</p> : null}
      <LastFault fault={standing.fault} />
      {server.notes.map((note) => (
        <p key={note} className={classes.hint}>
          {note}
        </p>
      ))}
      {open === 'change' ? (
        <ServerForm server={server} onDone={() => setOpen('')} />
      ) : open === 'remove' ? (
        <div className={classes.actions}>
          <Button
            color="red"
            variant="light"
            loading={remove.isPending}
            onClick={() => remove.mutate(undefined)}
          >
            Remove it
          </Button>
          <Button variant="subtle" color="gray" onClick={() => setOpen('')}>
            Leave it
          </Button>
          <span className={classes.hint}>Its jobs that still wait will fail.</span>
        </div>
      ) : (
        <div className={classes.actions}>
          <Button
            variant="default"
            loading={test.isPending}
            aria-label={`Test ${server.name}`}
            onClick={() => test.mutate(undefined)}
          >
            Test
          </Button>
          <Button
            variant="subtle"
            color="gray"
            aria-label={`Change ${server.name}`}
            onClick={() => setOpen('change')}
          >
            Change
          </Button>
          <Button
            variant="subtle"
            color="gray"
            loading={turn.isPending}
            aria-label={`Switch ${server.name} ${server.enabled ? 'off' : 'on'}`}
            onClick={() => turn.mutate(!server.enabled)}
          >
            Switch {server.enabled ? 'off' : 'on'}
          </Button>
          <Button
            variant="subtle"
            color="gray"
            aria-label={`Remove ${server.name}`}
            onClick={() => setOpen('remove')}
          >
            Remove
          </Button>
        </div>
      )}
    </li>
  )
}

function StateMark({ server }: { server: EngineServerOut }) {
  if (server.works) {
    return <IconCircleCheck size={20} stroke={1.7} className={classes.good} aria-label="Works" />
  }
  const Mark = server.enabled ? IconAlertTriangle : IconCircleOff
  return (
    <Mark
      size={20}
      stroke={1.7}
      className={server.enabled ? classes.bad : classes.quiet}
      aria-label={server.enabled ? 'Does not work' : 'Switched off'}
    />
  )
}

/** What was found when the server was last asked. */
function stateOf(server: EngineServerOut): string {
  if (!server.enabled) return 'Switched off: nothing is sent to it.'
  const asked = server.checked_at ? `Asked ${when(server.checked_at)}.` : 'Not asked yet.'
  if (server.fault) return `${server.fault} ${asked}`
  const facts = [
    server.version && server.version !== 'unknown' ? `version ${server.version}` : '',
    count(server.models.length, 'model'),
    server.samplers ? count(server.samplers, 'sampler') : '',
    server.loras ? count(server.loras, 'LoRA') : '',
    server.answer_ms === null ? '' : `answers in ${server.answer_ms} ms`,
  ]
  return `Works: ${facts.filter(Boolean).join(', ')}. ${asked}`
}
