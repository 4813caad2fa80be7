import '@/ui/overlays.css'
import { Button, Menu } from '@mantine/core'
import { IconCheck, IconChevronDown, IconPencil, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { SessionListed, WorkspaceOut } from '@/api'
import { count, when } from '@/ui/format'
import { SessionForm } from './SessionForm'
import { titleOf, useSessionChange, workspaceSessions } from './sessions'
import classes from './SessionBar.module.css'

interface SessionBarProps {
  session: WorkspaceOut['session']
  /** Whether the pictures of all sessions are shown. */
  all: boolean
}

/** The session that is worked in, how to change it, and whether others are shown beside it. */
export function SessionBar({ session, all }: SessionBarProps) {
  const [form, setForm] = useState<'new' | 'rename' | null>(null)
  const { data: sessions } = useQuery(workspaceSessions)
  const change = useSessionChange()
  return (
    <nav className={classes.bar} aria-label="Sessions">
      <Menu position="bottom-start" width={300}>
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            className={classes.button}
            loading={change.isPending}
            rightSection={<IconChevronDown size={16} stroke={1.7} aria-hidden />}
          >
            <span className={classes.title}>{titleOf(session)}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes.menu}>
          <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => setForm('new')}>
            New session
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setForm('rename')}>
            Rename this one
          </Menu.Item>
          <Menu.Divider />
          {sessions?.map((each) => (
            <Entry
              key={each.id}
              session={each}
              current={each.id === session.id}
              onChoose={() => change.mutate(each.id)}
            />
          ))}
        </Menu.Dropdown>
      </Menu>
      {sessions && sessions.length > 1 ? (
        <div className={classes.scope}>
          <Link
            to="/workspace"
            search={{}}
            replace
            activeOptions={{ exact: true, includeSearch: true }}
            className={classes.choice}
            data-on={!all}
          >
            This session
          </Link>
          <Link
            to="/workspace"
            search={{ session: 'all' }}
            replace
            className={classes.choice}
            data-on={all}
          >
            All
          </Link>
        </div>
      ) : null}
      {form ? (
        <SessionForm session={form === 'rename' ? session : null} onClose={() => setForm(null)} />
      ) : null}
    </nav>
  )
}

interface EntryProps {
  session: SessionListed
  current: boolean
  onChoose: () => void
}

function Entry({ session, current, onChoose }: EntryProps) {
  return (
    <Menu.Item
      onClick={current ? undefined : onChoose}
      aria-current={current ? 'true' : undefined}
      rightSection={current ? <IconCheck size={16} aria-hidden /> : null}
    >
      <span className={classes.name}>{titleOf(session)}</span>{' '}
      <span className={classes.facts}>
        {session.asset_count ? count(session.asset_count, 'output') : 'nothing left'} · begun{' '}
        {when(session.created_at)}
      </span>
    </Menu.Item>
  )
}
