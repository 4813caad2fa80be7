import '@/ui/forms.css'
import '@/ui/overlays.css'
import { Drawer } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useState } from 'react'
import { useKeys } from '@/keys/useKeys'
import classes from './AccountPage.module.css'
import { me } from './queries'
import { sectionAt, sectionsOf, type Section } from './sections'

/** The account and the settings: a list of sections, and the one that the address names. */
export default function AccountPage() {
  const path = useLocation({ select: (location) => location.pathname })
  const section = sectionAt(path)
  const { data: account } = useQuery(me)
  return (
    <main className={classes.page}>
      <nav className={classes.side} aria-label="Account">
        <h2 className={classes.name}>Account</h2>
        <Sections />
      </nav>
      <div className={classes.content}>
        {section ? <SectionPicker section={section} /> : null}
        <h1 className={classes.heading}>{section?.label ?? 'Account'}</h1>
        {account?.shared && section?.personal ? <GuestsNote /> : <Outlet />}
      </div>
    </main>
  )
}

function GuestsNote() {
  return (
    <p className={classes.note}>
      All guests share this account, so it has nothing of this. Sign out and come back with an
      account of your own.
    </p>
  )
}

function Sections({ onChosen }: { onChosen?: () => void }) {
  const { data: account } = useQuery(me)
  return (
    <ul className={classes.list}>
      {sectionsOf(account).map((section) => (
        <li key={section.id}>
          <Link
            to={section.to}
            activeOptions={{ exact: true, includeSearch: false }}
            className={classes.item}
            onClick={onChosen}
          >
            <section.icon size={18} stroke={1.7} aria-hidden />
            {section.label}
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** On a phone the list is a sheet, and the section's name opens it. */
function SectionPicker({ section }: { section: Section }) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <button
        type="button"
        className={classes.picker}
        aria-haspopup="dialog"
        aria-label={`Section: ${section.label}`}
        onClick={() => setOpened(true)}
      >
        <section.icon size={20} stroke={1.7} aria-hidden />
        <span className={classes.pickerLabel}>{section.label}</span>
        <IconChevronDown size={18} stroke={1.7} aria-hidden />
      </button>
      {opened ? <SectionSheet onClose={() => setOpened(false)} /> : null}
    </>
  )
}

function SectionSheet({ onClose }: { onClose: () => void }) {
  useKeys({ close: onClose }, { modal: true })
  return (
    <Drawer
      opened
      onClose={onClose}
      title="Account"
      position="bottom"
      classNames={{ content: classes.sheet }}
      closeButtonProps={{ size: 44, 'aria-label': 'Close' }}
    >
      <Sections onChosen={onClose} />
    </Drawer>
  )
}
