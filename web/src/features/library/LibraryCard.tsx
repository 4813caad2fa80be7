import {
  IconArrowsDiagonal,
  IconCheck,
  IconDownload,
  IconHeart,
  IconHeartFilled,
  IconMovie,
  IconPhotoUp,
  IconRefresh,
  IconTrash,
  type Icon,
} from '@tabler/icons-react'
import { memo, useState } from 'react'
import type { LibraryAssetOut } from '@/api'
import { Cover } from '@/features/rating/Cover'
import { useCovered } from '@/features/rating/cover'
import { ClipPreview } from '@/ui/ClipPreview'
import { isClip } from '@/ui/format'
import { MediaTile } from '@/ui/MediaTile'
import { useLongPress } from '@/ui/useLongPress'
import classes from './LibraryCard.module.css'
import type { LibraryActions } from './useLibraryActions'
import { nameOf } from './viewerItem'

interface CardProps {
  asset: LibraryAssetOut
  /** The one picture that the tab key reaches; so are its buttons. */
  active: boolean
  selected: boolean
  /** Some pictures are chosen: a click chooses, and the buttons for one picture step back. */
  selecting: boolean
  actions: LibraryActions
  onSelect: (id: string) => void
}

/** A kept picture in the grid. Its buttons are there once it is pointed at or has the focus. */
export const LibraryCard = memo(function LibraryCard(props: CardProps) {
  const { asset, active, selected, selecting, onSelect } = props
  const covered = useCovered(asset)
  const longPress = useLongPress(() => onSelect(asset.id))
  const [pointed, setPointed] = useState(false)
  const acts = !selecting && (pointed || active)
  const state = [classes.card, selected ? classes.selected : '', selecting ? classes.selecting : '']
  return (
    <div
      className={state.join(' ')}
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      {...longPress}
    >
      <MediaTile
        fill
        className={classes.tile}
        width={asset.width}
        height={asset.height}
        src={asset.thumbnail_url}
        thumbhash={asset.thumbhash}
        alt=""
        covered={covered}
      >
        {isClip(asset.mime_type) && !covered ? (
          <ClipPreview
            src={asset.preview_url}
            duration={asset.duration_seconds}
            active={pointed && !selecting}
          />
        ) : null}
      </MediaTile>
      {covered && !selecting ? <Cover id={asset.id} tabIndex={active ? 0 : -1} /> : null}
      {acts ? <Acts {...props} /> : null}
      {selecting || pointed || active ? (
        <Act
          icon={IconCheck}
          label={selected ? 'Deselect' : 'Select'}
          run={() => onSelect(asset.id)}
          tabIndex={active ? 0 : -1}
          className={classes.check}
        />
      ) : null}
      {asset.is_favorite && !acts ? (
        <span className={`${classes.act} ${classes.heart} ${classes.loved}`}>
          <IconHeartFilled size={18} aria-hidden />
        </span>
      ) : null}
    </div>
  )
})

function Acts({ asset, active, actions }: CardProps) {
  const act = (icon: Icon, label: string, run: () => void, className = '') => (
    <Act icon={icon} label={label} run={run} tabIndex={active ? 0 : -1} className={className} />
  )
  return (
    <>
      <div className={classes.shade} aria-hidden />
      {act(
        asset.is_favorite ? IconHeartFilled : IconHeart,
        asset.is_favorite ? 'No longer a favourite' : 'Favourite',
        () => actions.favourite([asset]),
        `${classes.heart ?? ''} ${asset.is_favorite ? (classes.loved ?? '') : ''}`,
      )}
      <div className={classes.foot}>
        <span className={classes.name}>{nameOf(asset)}</span>
        <span className={classes.acts}>
          {act(IconRefresh, 'Make again', () => actions.again(asset))}
          {isClip(asset.mime_type) ? null : (
            <>
              {act(IconPhotoUp, 'Use as reference', () => actions.reference(asset), classes.second)}
              {act(IconMovie, 'Move this picture', () => actions.move(asset), classes.second)}
              {act(IconArrowsDiagonal, 'Upscale', () => actions.upscale(asset), classes.third)}
            </>
          )}
          {act(IconDownload, 'Download', () => actions.download([asset]), classes.third)}
          {act(IconTrash, 'Delete', () => actions.remove([asset]))}
        </span>
      </div>
    </>
  )
}

interface ActProps {
  icon: Icon
  label: string
  run: () => void
  tabIndex: number
  className: string | undefined
}

function Act({ icon: Picture, label, run, tabIndex, className }: ActProps) {
  return (
    <button
      type="button"
      className={`${classes.act} ${className ?? ''}`}
      title={label}
      aria-label={label}
      tabIndex={tabIndex}
      onClick={(event) => {
        event.stopPropagation()
        run()
      }}
    >
      <Picture size={18} stroke={1.8} aria-hidden />
    </button>
  )
}
