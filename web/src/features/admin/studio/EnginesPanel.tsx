import { Button } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Panel } from '@/features/account/Panel'
import { allEngines, workers } from '@/features/engines/queries'
import { count } from '@/ui/format'
import panel from '../panel.module.css'

/** How many engines and workers there are, and the way to them. */
export function EnginesPanel() {
  const engines = useQuery(allEngines).data?.items
  const fleet = useQuery(workers).data
  const ready = engines?.filter((engine) => engine.available).length
  const here = fleet?.filter((worker) => worker.role === 'worker' && !worker.silent)
  const busy = here?.filter((worker) => worker.jobs.length).length
  return (
    <Panel title="Engines">
      <div className={panel.line}>
        <p className={panel.grow}>
          {engines ? `${ready} of ${engines.length} engines can run. ` : 'Looking at the engines. '}
          {here ? `${count(here.length, 'worker')}, ${busy} at work.` : null}
        </p>
        <Button
          variant="default"
          renderRoot={(props) => <Link to="/admin/engines" {...props} />}
          rightSection={<IconChevronRight size={18} stroke={1.7} aria-hidden />}
        >
          Engines and workers
        </Button>
      </div>
    </Panel>
  )
}
