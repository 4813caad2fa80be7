import '@/ui/forms.css'
import '@/ui/overlays.css'
import { Button } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, useRef, type ReactNode } from 'react'
import { me } from '@/features/account/queries'
import { isAdmin } from '@/features/account/roles'
import { EmptyState } from '@/ui/States'
import classes from './AdminFrame.module.css'
import { SECTIONS } from './sections'

/** The frame of the admin pages: their list, and the one that is open. */
export default function AdminFrame() {
  return (
    <AdminsOnly>
      <div className={classes.frame}>
        <Sections />
        <main className={classes.main}>
          <Outlet />
        </main>
      </div>
    </AdminsOnly>
  )
}

/** Draws what is for admins, and for everybody else a plain word and the way back. */
export function AdminsOnly({ children }: { children: ReactNode }) {
  const { data: account } = useQuery(me)
  if (!account) return null
  if (isAdmin(account)) return children
  return (
    <main>
      <EmptyState
        icon={IconLock}
        title="This page is for admins"
        actions={
          <Button component={Link} to="/workspace" variant="default">
            Go to the workspace
          </Button>
        }
      >
        You are signed in as {account.username}, who is not an admin of this studio. An admin can
        give you the role.
      </EmptyState>
    </main>
  )
}

function Sections() {
  const list = useRef<HTMLElement>(null)
  const path = useLocation({ select: (location) => location.pathname })
  // On a phone the list is a strip that may be wider than the window.
  useEffect(() => {
    const open = list.current?.querySelector('[data-status="active"]')
    open?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [path])
  return (
    <nav className={classes.sections} aria-label="Admin" ref={list}>
      <p className={classes.title}>Admin</p>
      {SECTIONS.map((section) => (
        <Link
          key={section.id}
          to={section.to}
          className={classes.section}
          activeOptions={{ exact: section.to === '/admin', includeSearch: false }}
        >
          <section.icon size={18} stroke={1.7} aria-hidden />
          {section.label}
        </Link>
      ))}
    </nav>
  )
}
