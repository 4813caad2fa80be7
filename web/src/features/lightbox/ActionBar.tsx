import {
  IconArrowsDiagonal,
  IconBookmarkFilled,
  IconBookmarkPlus,
  IconBrush,
  IconDownload,
  IconHeart,
  IconHeartFilled,
  IconMovie,
  IconPhotoUp,
  IconRefresh,
  IconTrash,
  type Icon,
} from '@tabler/icons-react'
import { keyHint, type KeyAction } from '@/keys/keymap'
import { isClip } from '@/ui/format'
import type { ViewerActions, ViewerItem } from './contract'
import { downloadOf } from './facts'
import classes from './ActionBar.module.css'

/** What can be done with the picture. */
export function ActionBar({ item, actions }: { item: ViewerItem; actions: ViewerActions }) {
  const { keep, favourite, again, discard } = actions
  const clip = isClip(item.mimeType)
  const reference = clip ? undefined : actions.reference
  const part = clip ? undefined : actions.part
  const move = clip ? undefined : actions.move
  const upscale = clip ? undefined : actions.upscale
  return (
    <div className={classes.bar}>
      {item.kind === 'staged' && keep ? (
        <Act
          icon={item.saved ? IconBookmarkFilled : IconBookmarkPlus}
          label={item.saved ? 'Kept' : 'Keep'}
          shortcut="keep"
          tone={item.saved ? 'done' : 'first'}
          run={() => keep(item)}
        />
      ) : null}
      {item.kind === 'kept' && favourite ? (
        <Act
          icon={item.favourite ? IconHeartFilled : IconHeart}
          label="Favourite"
          shortcut="favourite"
          pressed={item.favourite ?? false}
          tone={item.favourite ? 'done' : undefined}
          run={() => favourite(item)}
        />
      ) : null}
      {again ? (
        <Act
          icon={IconRefresh}
          label="Again"
          name="Make again"
          shortcut="again"
          run={() => again(item)}
        />
      ) : null}
      {reference ? (
        <Act
          icon={IconPhotoUp}
          label="Use"
          name="Use as reference"
          shortcut="reference"
          run={() => reference(item)}
        />
      ) : null}
      {part ? (
        <Act
          icon={IconBrush}
          label="Change"
          name="Change a part"
          shortcut="part"
          run={() => part(item)}
        />
      ) : null}
      {move ? (
        <Act
          icon={IconMovie}
          label="Move"
          name="Move this picture"
          shortcut="move"
          run={() => move(item)}
        />
      ) : null}
      {upscale ? (
        <Act
          icon={IconArrowsDiagonal}
          label="Upscale"
          shortcut="upscale"
          run={() => upscale(item)}
        />
      ) : null}
      <a
        className={classes.act}
        {...downloadOf(item)}
        title={`Download (${keyHint('viewer.download')})`}
      >
        <IconDownload size={20} stroke={1.7} aria-hidden />
        <span className={classes.label}>Download</span>
      </a>
      {discard ? (
        <Act
          icon={IconTrash}
          label={item.kind === 'kept' ? 'Delete' : 'Discard'}
          shortcut="discard"
          run={() => discard(item)}
        />
      ) : null}
    </div>
  )
}

interface ActProps {
  icon: Icon
  label: string
  /** The whole name, where the label is short. */
  name?: string
  shortcut: KeyAction
  tone?: 'first' | 'done'
  pressed?: boolean
  run: () => void
}

function Act({ icon: Picture, label, name = label, shortcut, tone, pressed, run }: ActProps) {
  return (
    <button
      type="button"
      className={`${classes.act} ${tone ? (classes[tone] ?? '') : ''}`}
      aria-label={name}
      aria-pressed={pressed}
      title={`${name} (${keyHint(shortcut)})`}
      onClick={run}
    >
      <Picture size={20} stroke={1.7} aria-hidden />
      <span className={classes.label}>{label}</span>
    </button>
  )
}
