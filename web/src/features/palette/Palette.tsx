import '@/ui/overlays.css'
import { Modal } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useId, useState, type KeyboardEvent } from 'react'
import { useKeys } from '@/keys/useKeys'
import { RatedTile } from '@/features/rating/RatedTile'
import classes from './Palette.module.css'
import { useEntries, type Entry } from './useEntries'

/** Everything by name: pages, actions, recent prompts, kept pictures. */
export default function Palette({ onClose }: { onClose: () => void }) {
  useKeys({ palette: onClose, close: onClose }, { modal: true })
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const { entries, searching } = useEntries(typed)
  const id = useId()
  const chosen = Math.min(at, entries.length - 1)
  const run = (entry: Entry | undefined) => {
    if (!entry) return
    onClose()
    entry.run()
  }
  const move = (to: number) => {
    setAt(to)
    document.getElementById(`${id}-${to}`)?.scrollIntoView({ block: 'nearest' })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') move((chosen + 1) % entries.length)
    else if (event.key === 'ArrowUp') move((chosen - 1 + entries.length) % entries.length)
    else if (event.key === 'Enter') run(entries[chosen])
    else return
    event.preventDefault()
  }
  return (
    <Modal.Root opened onClose={onClose} size={620} yOffset="12vh">
      <Modal.Overlay />
      <Modal.Content aria-label="Search and commands" radius={8}>
        <div className={classes.search}>
          <IconSearch size={20} stroke={1.7} aria-hidden />
          <input
            className={classes.input}
            data-autofocus
            role="combobox"
            aria-expanded
            aria-controls={id}
            aria-activedescendant={`${id}-${chosen}`}
            aria-label="Search pages, actions, prompts and the library"
            placeholder="Search pages, actions, prompts and the library"
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value)
              setAt(0)
            }}
            onKeyDown={onKeyDown}
          />
          {searching ? <span className={classes.hint}>searching…</span> : null}
        </div>
        <div className={classes.list} id={id} role="listbox" aria-label="What was found">
          {entries.map((entry, index) => (
            <Row
              key={entry.id}
              id={`${id}-${index}`}
              entry={entry}
              first={entries[index - 1]?.group !== entry.group}
              selected={index === chosen}
              onPoint={() => setAt(index)}
              onRun={() => run(entry)}
            />
          ))}
          {entries.length === 0 ? (
            <p className={classes.none}>Nothing is called “{typed}”. Try fewer letters.</p>
          ) : null}
        </div>
      </Modal.Content>
    </Modal.Root>
  )
}

interface RowProps {
  id: string
  entry: Entry
  first: boolean
  selected: boolean
  onPoint: () => void
  onRun: () => void
}

function Row({ id, entry, first, selected, onPoint, onRun }: RowProps) {
  const { icon: Picture, asset } = entry
  return (
    <>
      {first ? (
        <div className={classes.group} role="presentation">
          {entry.group}
        </div>
      ) : null}
      <div
        id={id}
        role="option"
        aria-selected={selected}
        className={classes.row}
        onMouseMove={selected ? undefined : onPoint}
        onClick={onRun}
      >
        {Picture ? <Picture size={18} stroke={1.7} aria-hidden /> : null}
        {asset ? (
          <span className={classes.thumb}>
            <RatedTile
              of={asset}
              fill
              width={asset.width}
              height={asset.height}
              src={asset.thumbnail_url}
              thumbhash={asset.thumbhash}
              alt=""
            />
          </span>
        ) : null}
        <span className={classes.label}>{entry.label}</span>
        {entry.hint ? <span className={classes.hint}>{entry.hint}</span> : null}
      </div>
    </>
  )
}
