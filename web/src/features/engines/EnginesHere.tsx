import { IconCircleCheck, IconCircleOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { EngineStateOut } from '@/api'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import { byModality, modalityName, piecesOf } from '@/features/settings/remedy'
import classes from './Engines.module.css'
import { paceOf, placeOf, standingOf, type Standing } from './facts'
import { LastFault } from './LastFault'
import { allEngines, engineServers, measurements, workers } from './queries'

/** The studio's own engines: whether each can run, where it is loaded, and how it does. Servers have
 * a list of their own. */
export function EnginesHere() {
  const engines = useQuery(allEngines)
  const fleet = useQuery(workers)
  const measured = useQuery(measurements)
  const connected = new Set(useQuery(engineServers).data?.map((server) => server.engine_id))
  const all = engines.data?.items.filter((engine) => !connected.has(engine.id))
  const ready = all?.filter((engine) => engine.available).length
  return (
    <Panel
      title="What makes things"
      about={
        all
          ? `${ready} of ${all.length} can run. One that is loaded begins at once; one that nobody asks for is unloaded after a while.`
          : 'The engines of this studio.'
      }
    >
      {engines.isPending ? <RowsSkeleton rows={4} height={72} /> : null}
      {engines.isError ? (
        <PanelError
          what="The engines"
          error={engines.error}
          onRetry={() => void engines.refetch()}
        />
      ) : null}
      {all ? (
        <ul className={classes.servers}>
          {byModality(all).flatMap((group) =>
            group.engines.map((engine) => (
              <Engine
                key={engine.id}
                engine={engine}
                standing={standingOf(engine.id, fleet.data ?? [], measured.data ?? [])}
              />
            )),
          )}
        </ul>
      ) : null}
    </Panel>
  )
}

function Engine({ engine, standing }: { engine: EngineStateOut; standing: Standing }) {
  const Mark = engine.available ? IconCircleCheck : IconCircleOff
  const paces = standing.measured.map(paceOf).filter(Boolean)
  return (
    <li className={classes.server}>
      <div className={classes.head}>
        <Mark
          size={20}
          stroke={1.7}
          className={engine.available ? classes.good : classes.quiet}
          aria-label={engine.available ? 'Can run' : 'Cannot run'}
        />
        <h3 className={classes.name}>{engine.name}</h3>
        <span className={classes.tag}>{modalityName(engine.modality)}</span>
        {engine.stand_in ? <span className={classes.tag}>stand-in</span> : null}
        <span className={classes.address}>{engine.version}</span>
      </div>
      {engine.available ? (
        <p className={classes.hint}>
          {standing.places.map(placeOf).join('. ') || 'Not loaded'}. {paces.join('. ')}
          {paces.length ? '.' : 'Not measured yet.'}
        </p>
      ) : (
        <p className={classes.hint}>
          {engine.reason}{' '}
          {piecesOf(engine.remedy).map((piece, at) =>
            piece.code ? <code key={at}>{piece.text}</code> : <span key={at}>{piece.text}</span>,
          )}
        </p>
      )}
      <LastFault fault={standing.fault} />
    </li>
  )
}
