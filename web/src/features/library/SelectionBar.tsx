import { Button, Popover } from '@mantine/core'
import {
  IconDownload,
  IconHeart,
  IconMovie,
  IconPhotoUp,
  IconRefresh,
  IconTag,
  IconTrash,
  IconX,
  type Icon,
} from '@tabler/icons-react'
import { useState } from 'react'
import type { LibraryAssetOut } from '@/api'
import { isClip } from '@/ui/format'
import { TagsField } from './TagsField'
import classes from './Toolbar.module.css'
import type { LibraryActions } from './useLibraryActions'

interface SelectionBarProps {
  chosen: readonly LibraryAssetOut[]
  actions: LibraryActions
  onAll: () => void
  onDone: () => void
}

/** What can be done with the chosen pictures; stands in the place of the toolbar. */
export function SelectionBar({ chosen, actions, onAll, onDone }: SelectionBarProps) {
  const [only] = chosen
  const one = chosen.length === 1 ? only : undefined
  const loved = chosen.every((asset) => asset.is_favorite)
  return (
    <div className={`${classes.bar} ${classes.chosen}`} role="toolbar" aria-label="Chosen pictures">
      <h1 className={classes.unseen}>Library</h1>
      <button
        type="button"
        className={classes.tool}
        aria-label="End the selection"
        onClick={onDone}
      >
        <IconX size={20} stroke={1.7} aria-hidden />
      </button>
      <span className={classes.number} role="status">
        {chosen.length} <span className={classes.wide}>selected</span>
      </span>
      <button type="button" className={classes.link} onClick={onAll}>
        All
      </button>
      <span className={classes.space} />
      {one ? (
        <>
          <Tool
            icon={IconRefresh}
            label="Make again"
            run={() => {
              actions.again(one)
              onDone()
            }}
          />
          {isClip(one.mime_type) ? null : (
            <>
              <Tool icon={IconPhotoUp} label="Reference" run={() => actions.reference(one)} />
              <Tool icon={IconMovie} label="Move" run={() => actions.move(one)} />
            </>
          )}
        </>
      ) : null}
      <Tool
        icon={IconHeart}
        label={loved ? 'No favourite' : 'Favourite'}
        run={() => actions.favourite(chosen)}
      />
      <TagsTool onAdd={(tags) => actions.addTags(chosen, tags)} />
      <Tool icon={IconDownload} label="Download" run={() => actions.download(chosen)} />
      <Tool
        icon={IconTrash}
        label="Delete"
        run={() => {
          actions.remove(chosen)
          onDone()
        }}
      />
    </div>
  )
}

function Tool({ icon: Picture, label, run }: { icon: Icon; label: string; run: () => void }) {
  return (
    <button type="button" className={classes.tool} aria-label={label} title={label} onClick={run}>
      <Picture size={20} stroke={1.7} aria-hidden />
      <span className={classes.wide}>{label}</span>
    </button>
  )
}

function TagsTool({ onAdd }: { onAdd: (tags: string[]) => void }) {
  const [open, setOpen] = useState(false)
  const [tags, setTags] = useState<string[]>([])
  const add = () => {
    setOpen(false)
    setTags([])
    if (tags.length) onAdd(tags)
  }
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      trapFocus
      withinPortal
      width={300}
    >
      <Popover.Target>
        <button
          type="button"
          className={classes.tool}
          aria-label="Add tags"
          title="Add tags"
          onClick={() => setOpen(!open)}
        >
          <IconTag size={20} stroke={1.7} aria-hidden />
          <span className={classes.wide}>Add tags</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown}>
        <div className={classes.pop}>
          <TagsField tags={tags} onChange={setTags} autoFocus />
          <Button variant="default" disabled={tags.length === 0} onClick={add}>
            Add to the chosen
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
