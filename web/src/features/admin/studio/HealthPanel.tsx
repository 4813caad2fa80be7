import { useQuery } from '@tanstack/react-query'
import { sentenceOf } from '@/api'
import { Panel } from '@/features/account/Panel'
import panel from '../panel.module.css'
import { Figure, Figures } from './Figures'
import { health } from './health'

/** Whether the studio works, looked at again every few seconds. */
export function HealthPanel() {
  const { data, error } = useQuery(health)
  const ready = data?.ready
  return (
    <Panel
      title={ready?.ready === false ? 'Something is wrong' : 'Health'}
      about={
        ready?.ready === false
          ? 'What has a triangle does not work now. The studio’s log says why.'
          : undefined
      }
    >
      {error ? (
        <p className={panel.error} role="alert">
          {sentenceOf(error)}
        </p>
      ) : null}
      <Figures>
        <Figure name="Version">{data?.version}</Figure>
        <Figure name="Database" good={ready?.database}>
          {ready && (ready.database ? 'answers' : 'does not answer')}
        </Figure>
        <Figure name="Its structure" good={ready?.structure}>
          {ready && (ready.structure ? 'current' : 'not current')}
        </Figure>
        <Figure name="Live events" good={ready?.live_events}>
          {ready && (ready.live_events ? 'arrive' : 'do not arrive')}
        </Figure>
      </Figures>
    </Panel>
  )
}
