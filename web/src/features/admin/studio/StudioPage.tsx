import panel from '../panel.module.css'
import rows from '../rows.module.css'
import { CachePanel } from './CachePanel'
import { ConfigsPanel } from './ConfigsPanel'
import { EnginesPanel } from './EnginesPanel'
import { HealthPanel } from './HealthPanel'

/** The studio at a glance: whether it works, what it works with, and how that is set. */
export default function StudioPage() {
  return (
    <>
      <header className={rows.head}>
        <h1 className={rows.heading}>Studio</h1>
      </header>
      <div className={panel.panels}>
        <HealthPanel />
        <div id="prompt-cache" className={rows.anchor}>
          <CachePanel />
        </div>
        <EnginesPanel />
        <ConfigsPanel />
      </div>
    </>
  )
}
