import '@/ui/forms.css'
import '@/ui/overlays.css'
import { Button } from '@mantine/core'
import { IconPlus, IconServer2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { isForbidden, sentenceOf } from '@/api'
import { Panel } from '@/features/account/Panel'
import panel from '@/features/admin/panel.module.css'
import rows from '@/features/admin/rows.module.css'
import { EmptyState, ErrorState } from '@/ui/States'
import { Defaults } from './Defaults'
import classes from './Engines.module.css'
import { EnginesHere } from './EnginesHere'
import { engineServers } from './queries'
import { ServerForm } from './ServerForm'
import { ServerRow } from './ServerRow'
import { Workers } from './Workers'

/** What makes things, where it runs, the servers beside it, and which engine is used for what. */
export default function EnginesPage() {
  const servers = useQuery(engineServers)
  if (servers.isError) {
    return (
      <ErrorState
        title="The engines could not be read"
        reason={sentenceOf(servers.error)}
        {...(isForbidden(servers.error) ? {} : { onRetry: () => void servers.refetch() })}
      />
    )
  }
  return (
    <>
      <header className={rows.head}>
        <h1 className={rows.heading}>Engines</h1>
      </header>
      <div className={panel.panels}>
        <EnginesHere />
        <Workers />
        <Panel
          title="Servers"
          about="Programs on this or another machine that draw and write for the studio. Each is asked once a minute whether it works."
        >
          {servers.data ? <Servers servers={servers.data} /> : <Waiting />}
        </Panel>
        <Panel
          title="What is used"
          about="Which engine makes what. Nothing is sent to a server before you choose it here, or somebody does for a picture."
        >
          <Defaults />
        </Panel>
      </div>
    </>
  )
}

function Servers({ servers }: { servers: Parameters<typeof ServerRow>[0]['server'][] }) {
  const [adding, setAdding] = useState(false)
  const add = (
    <Button
      leftSection={<IconPlus size={18} stroke={1.7} />}
      variant={servers.length ? 'default' : 'filled'}
      className={classes.add}
      onClick={() => setAdding(true)}
    >
      Connect a server
    </Button>
  )
  return (
    <>
      {servers.length ? (
        <ul className={classes.servers}>
          {servers.map((server) => (
            <ServerRow key={server.id} server={server} />
          ))}
        </ul>
      ) : adding ? null : (
        <EmptyState icon={IconServer2} title="No server is connected" actions={add}>
          ComfyUI, Forge and SD.Next draw with your own models. Ollama, llama.cpp and OpenAI write.
          Give an address, and the studio looks what is there.
        </EmptyState>
      )}
      {adding ? <ServerForm onDone={() => setAdding(false)} /> : servers.length ? add : null}
    </>
  )
}

/** Two servers to come. */
function Waiting() {
  return (
    <ul className={classes.servers} aria-busy="true">
      {[0, 1].map((at) => (
        <li key={at} className={`${classes.server} ${classes.waiting}`} />
      ))}
    </ul>
  )
}
