import {
  IconArrowsDiagonal,
  IconBookmarkFilled,
  IconBookmarkPlus,
  IconMovie,
  IconPhotoUp,
  IconRefresh,
  IconTrash,
  type Icon,
} from '@tabler/icons-react'
import { useState, type DragEvent } from 'react'
import type { AssetRef, JobOut, ProgressOut } from '@/api'
import { CoverMark } from '@/features/rating/CoverMark'
import { uncover, useCovered } from '@/features/rating/cover'
import { ClipPreview } from '@/ui/ClipPreview'
import { isClip } from '@/ui/format'
import { MediaTile } from '@/ui/MediaTile'
import { Ring } from '@/ui/Ring'
import { useLongPress } from '@/ui/useLongPress'
import classes from './Card.module.css'
import { DRAGGED } from './dragging'
import { daysLeft, previewFor, shareOf, type Cell } from './grouping'
import type { JobHandlers } from './JobGroup'
import type { StagedActions } from './useStagedActions'

interface CardProps {
  job: JobOut
  asset: AssetRef
  retentionDays: number
  actions: StagedActions
  on: JobHandlers
}

/** A finished picture or clip of the workspace. */
export function Card({ job, asset, retentionDays, actions, on }: CardProps) {
  const covered = useCovered(asset)
  const longPress = useLongPress(() => on.menu(job, asset))
  const clip = isClip(asset.mime_type)
  const [active, setActive] = useState(false)
  const number = job.count > 1 ? `, ${asset.asset_index + 1} of ${job.count}` : ''
  const drag = (event: DragEvent) => {
    event.dataTransfer.setData(DRAGGED, JSON.stringify(asset))
    event.dataTransfer.effectAllowed = 'copy'
  }
  return (
    <div
      className={classes.card}
      data-asset-id={asset.id}
      tabIndex={0}
      role="group"
      aria-label={`${job.original_prompt}${number}${asset.saved ? ', kept' : ''}`}
      draggable={!clip}
      onDragStart={drag}
      onPointerEnter={(event) => setActive(event.pointerType === 'mouse')}
      onPointerLeave={() => setActive(false)}
      onFocus={() => setActive(true)}
      onBlur={() => setActive(false)}
      {...longPress}
    >
      <button
        type="button"
        className={classes.tile}
        tabIndex={-1}
        aria-label={covered ? 'Show this picture, which is for adults' : 'Open'}
        onClick={() => (covered ? uncover(asset.id) : on.open(asset.id))}
      >
        <MediaTile
          width={asset.width}
          height={asset.height}
          src={asset.thumbnail_url}
          thumbhash={asset.thumbhash}
          alt={job.original_prompt}
          covered={covered}
        >
          {covered ? (
            <CoverMark />
          ) : clip ? (
            <ClipPreview
              src={asset.preview_url}
              duration={asset.duration_seconds}
              active={active}
            />
          ) : null}
        </MediaTile>
      </button>
      {asset.saved ? (
        <span className={classes.kept} title="In the library">
          <IconBookmarkFilled size={15} aria-hidden />
        </span>
      ) : null}
      {asset.expires_at ? <DaysLeft days={daysLeft(asset.expires_at)} of={retentionDays} /> : null}
      <div className={classes.bar}>
        <Action
          icon={asset.saved ? IconBookmarkFilled : IconBookmarkPlus}
          label={asset.saved ? 'Kept' : 'Keep'}
          run={() => actions.keep(job, asset)}
        />
        <Action icon={IconRefresh} label="Make again" run={() => actions.again(job)} />
        {clip ? null : (
          <>
            <Action
              icon={IconPhotoUp}
              label="Use as reference"
              run={() => actions.reference(asset)}
            />
            <Action
              icon={IconMovie}
              label="Move this picture"
              run={() => actions.move(job, asset)}
            />
            <Action icon={IconArrowsDiagonal} label="Upscale" run={() => actions.upscale(asset)} />
          </>
        )}
        <Action icon={IconTrash} label="Discard" run={() => actions.discard(job, [asset])} />
      </div>
    </div>
  )
}

function Action({ icon: Picture, label, run }: { icon: Icon; label: string; run: () => void }) {
  return (
    <button type="button" className={classes.action} title={label} aria-label={label} onClick={run}>
      <Picture size={19} stroke={1.8} aria-hidden />
    </button>
  )
}

function DaysLeft({ days, of }: { days: number; of: number }) {
  const whole = Math.ceil(days)
  const words =
    whole <= 0 ? 'goes today' : whole === 1 ? 'stays one more day' : `stays ${whole} days`
  return (
    <span className={classes.days} title={words}>
      <Ring value={days / of} size={16} thickness={2} label={words} />
    </span>
  )
}

/** A picture that is being made, in its true shape. */
export function CardInMaking({
  job,
  cell,
  progress,
}: {
  job: JobOut
  cell: Cell
  progress: ProgressOut
}) {
  const share = shareOf(progress, cell.index)
  const covered = useCovered(job)
  const preview = !covered && cell.state === 'active' ? previewFor(progress, cell.index) : null
  return (
    <MediaTile width={job.width} height={job.height} alt="" preview={preview} waiting={!preview}>
      {cell.state === 'active' ? (
        <div className={`${classes.progress} ${preview ? classes.overPicture : ''}`}>
          <span className={classes.ring}>
            <Ring
              value={share}
              size={42}
              thickness={3}
              label={`${Math.round(share * 100)} % made`}
            />
            <span className={classes.percent} aria-hidden>
              {Math.round(share * 100)}
            </span>
          </span>
        </div>
      ) : null}
    </MediaTile>
  )
}
