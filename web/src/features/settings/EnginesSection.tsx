import { IconCircleCheck, IconCircleOff, IconCopy } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { sdk, type EngineStateOut, type JobTypeOut } from '@/api'
import { keys } from '@/api/keys'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import { jobTypeName } from '@/features/lightbox/facts'
import { copyText } from '@/ui/copyText'
import { count, duration } from '@/ui/format'
import { byModality, byReason, modalityName, piecesOf } from './remedy'
import classes from './Settings.module.css'

/** The engines, what they are, and the kinds of job that they do. */
export default function EnginesSection() {
  const engines = useQuery({ queryKey: keys.engines, queryFn: () => sdk.listEngines() })
  const types = useQuery({ queryKey: keys.jobTypes, queryFn: () => sdk.listJobTypes() })
  const error = engines.error ?? types.error
  if (error && !(engines.data && types.data)) {
    return (
      <Panel title="Engines">
        <PanelError
          what="The engines"
          error={error}
          onRetry={() => {
            void engines.refetch()
            void types.refetch()
          }}
        />
      </Panel>
    )
  }
  return (
    <Panel
      title="What makes things here"
      about="Whose models they are, and what is missing for the rest."
    >
      {engines.isPending ? <RowsSkeleton rows={3} height={88} /> : null}
      {byModality(engines.data?.items ?? []).map((group) => (
        <div key={group.modality} className={classes.group}>
          <h3 className={classes.sub}>{modalityName(group.modality)}</h3>
          {group.engines.map((engine) => (
            <Engine key={engine.id} engine={engine} />
          ))}
        </div>
      ))}
      {types.data ? <JobTypes types={types.data.items} /> : null}
    </Panel>
  )
}

function Engine({ engine }: { engine: EngineStateOut }) {
  const Mark = engine.available ? IconCircleCheck : IconCircleOff
  return (
    <article className={classes.engine}>
      <div className={classes.engineHead}>
        <Mark
          size={20}
          stroke={1.7}
          className={engine.available ? classes.good : classes.quiet}
          aria-hidden
        />
        <h4 className={classes.engineName}>{engine.name}</h4>
        <span className={classes.hint}>{engine.version}</span>
        {engine.stand_in ? <span className={classes.tag}>stand-in</span> : null}
        <span className={classes.state}>{engine.available ? 'ready' : 'not ready'}</span>
      </div>
      <p>{engine.summary}</p>
      {engine.available ? null : <Remedy reason={engine.reason} remedy={engine.remedy} />}
      <dl className={classes.small}>
        <div>
          <dt>Model</dt>
          <dd>{engine.model}</dd>
        </div>
        <div>
          <dt>Licence</dt>
          <dd>{engine.licence}</dd>
        </div>
      </dl>
    </article>
  )
}

/** Why something cannot run, and what to do about it. */
function Remedy({ reason, remedy }: { reason: string; remedy: string }) {
  const pieces = piecesOf(remedy)
  const command = pieces.find((piece) => piece.code)?.text
  return (
    <div className={classes.remedy}>
      <p className={classes.grow}>
        {reason}{' '}
        {pieces.map((piece, at) =>
          piece.code ? <code key={at}>{piece.text}</code> : <span key={at}>{piece.text}</span>,
        )}
      </p>
      {command ? (
        <button
          type="button"
          className={classes.copy}
          aria-label="Copy the command"
          title="Copy the command"
          onClick={() => void copyText(command, 'Command copied')}
        >
          <IconCopy size={18} stroke={1.7} aria-hidden />
        </button>
      ) : null}
    </div>
  )
}

function JobTypes({ types }: { types: readonly JobTypeOut[] }) {
  const ready = types.filter((type) => type.available)
  return (
    <div className={classes.group}>
      <h3 className={classes.sub}>Kinds of job</h3>
      {ready.length ? (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Kind</th>
              <th scope="col">Engine</th>
              <th scope="col">Price</th>
              <th scope="col">Time</th>
            </tr>
          </thead>
          <tbody>
            {ready.map((type) => (
              <tr key={type.job_type}>
                <td>
                  {jobTypeName(type.job_type, type)} <code>{type.job_type}</code>
                </td>
                <td>{type.engine?.name ?? ''}</td>
                <td>{count(type.credits, 'credit')}</td>
                <td>
                  {type.estimate_seconds === null
                    ? 'not measured yet'
                    : duration(type.estimate_seconds)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {byReason(types, (type) => type.job_type).map((group) => (
        <div key={group.reason + group.remedy} className={classes.missing}>
          <p className={classes.hint}>
            Not possible yet:{' '}
            {group.items.map((type, at) => (
              <span key={type.job_type}>
                {at ? ', ' : ''}
                <code>{type.job_type}</code>
              </span>
            ))}
          </p>
          <Remedy reason={group.reason} remedy={group.remedy} />
        </div>
      ))}
    </div>
  )
}
