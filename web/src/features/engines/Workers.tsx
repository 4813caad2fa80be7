import { IconActivity, IconMoon, IconPlugConnectedX, IconServerOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { WorkerOut } from '@/api'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import { EmptyState } from '@/ui/States'
import { when } from '@/ui/format'
import classes from './Engines.module.css'
import { doingOf, sizeOf } from './facts'
import { allEngines, workers } from './queries'

/** The processes that run engines, and what they do now. */
export function Workers() {
  const fleet = useQuery(workers)
  return (
    <Panel
      title="Workers"
      about="Processes that do the work, on this or other machines. They share the jobs; what one leaves undone the others take over."
    >
      {fleet.isPending ? <RowsSkeleton rows={2} height={96} /> : null}
      {fleet.isError ? (
        <PanelError what="The workers" error={fleet.error} onRetry={() => void fleet.refetch()} />
      ) : null}
      {fleet.data?.length === 0 ? (
        <EmptyState icon={IconServerOff} title="Nothing works now">
          Jobs wait until a worker comes. Start one with <code>fabula up</code>, or{' '}
          <code>fabula worker</code> on any machine.
        </EmptyState>
      ) : null}
      {fleet.data?.length ? (
        <ul className={classes.servers}>
          {fleet.data.map((worker) => (
            <Worker key={worker.id} worker={worker} />
          ))}
        </ul>
      ) : null}
    </Panel>
  )
}

function Worker({ worker }: { worker: WorkerOut }) {
  const engines = useQuery(allEngines)
  const nameOf = (id: string) => engines.data?.items.find((each) => each.id === id)?.name ?? id
  const doing = doingOf(worker, nameOf)
  const loaded = worker.engines.filter((each) => each.loaded)
  return (
    <li className={classes.server}>
      <div className={classes.head}>
        <WorkerMark worker={worker} />
        <h3 className={classes.name}>{worker.machine}</h3>
        <span className={classes.tag}>{worker.role}</span>
        <code className={classes.address}>{worker.name}</code>
      </div>
      {worker.silent ? (
        <p className={classes.error}>
          Silent since {when(worker.beat_at)}. Its jobs are taken back by the others.
        </p>
      ) : (
        <p className={classes.now}>{doing.join('. ') || 'Idle'}</p>
      )}
      <p className={classes.hint}>{sizeOf(worker)}.</p>
      <p className={classes.hint}>
        {loaded.length
          ? `Loaded: ${loaded.map((each) => nameOf(each.engine_id) + (each.model ? ` (${each.model})` : '')).join(', ')}.`
          : 'Nothing is loaded.'}{' '}
        Runs since {when(worker.started_at)}, heard {when(worker.beat_at)}.
      </p>
    </li>
  )
}

function WorkerMark({ worker }: { worker: WorkerOut }) {
  if (worker.silent) {
    return <IconPlugConnectedX size={20} stroke={1.7} className={classes.bad} aria-label="Silent" />
  }
  const busy = worker.jobs.length > 0 || worker.engines.some((each) => each.busy)
  const Mark = busy ? IconActivity : IconMoon
  return (
    <Mark
      size={20}
      stroke={1.7}
      className={busy ? classes.good : classes.quiet}
      aria-label={busy ? 'At work' : 'Idle'}
    />
  )
}
