import { IconCircleCheck, IconCircleOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { sdk, type EngineStateOut } from '@/api'
import { keys } from '@/api/keys'
import { byModality, modalityName, piecesOf } from '@/features/settings/remedy'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import panel from '../panel.module.css'
import classes from './studio.module.css'

/** The engines, and what is missing for those that cannot run. */
export function EnginesPanel() {
  const engines = useQuery({ queryKey: keys.engines, queryFn: () => sdk.listEngines() })
  const all = engines.data?.items
  const ready = all?.filter((engine) => engine.available).length
  return (
    <Panel
      title="Engines"
      about={all ? `${ready} of ${all.length} can run here.` : 'What makes things here.'}
    >
      {engines.isPending ? <RowsSkeleton rows={3} /> : null}
      {engines.isError ? (
        <PanelError
          what="The engines"
          error={engines.error}
          onRetry={() => void engines.refetch()}
        />
      ) : null}
      {all ? (
        <ul className={panel.rows}>
          {byModality(all).flatMap((group) =>
            group.engines.map((engine) => <Engine key={engine.id} engine={engine} />),
          )}
        </ul>
      ) : null}
    </Panel>
  )
}

function Engine({ engine }: { engine: EngineStateOut }) {
  const Mark = engine.available ? IconCircleCheck : IconCircleOff
  return (
    <li className={panel.row}>
      <Mark
        size={20}
        stroke={1.7}
        className={engine.available ? classes.good : classes.off}
        aria-hidden
      />
      <div className={panel.grow}>
        <div className={classes.name}>
          {engine.name}
          <span className={classes.note}>{engine.version}</span>
          {engine.stand_in ? <span className={classes.tag}>stand-in</span> : null}
        </div>
        <div className={classes.note}>
          {engine.available ? (
            engine.summary
          ) : (
            <>
              {engine.reason}{' '}
              {piecesOf(engine.remedy).map((piece, at) =>
                piece.code ? (
                  <code key={at}>{piece.text}</code>
                ) : (
                  <span key={at}>{piece.text}</span>
                ),
              )}
            </>
          )}
        </div>
      </div>
      <span className={`${classes.note} ${classes.side}`}>
        {modalityName(engine.modality)}, {engine.available ? 'ready' : 'not ready'}
      </span>
    </li>
  )
}
