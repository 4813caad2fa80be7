import { CloseButton } from '@mantine/core'
import { IconPhotoPlus } from '@tabler/icons-react'
import type { ClipLimitsOut } from '@/api'
import classes from './Composer.module.css'
import { patchDraft, type Draft, type DraftReference } from './draft'
import { SourceThumb } from './SourceThumb'
import type { SourcePlace } from './useUpload'

interface FramesPartProps {
  draft: Draft
  limits: ClipLimitsOut
  uploading: SourcePlace | null
  onPick: (place: SourcePlace) => void
}

/** The pictures that a clip begins and ends with; without a first one, one is drawn. */
export function FramesPart({ draft, limits, uploading, onPick }: FramesPartProps) {
  const { firstFrame, lastFrame } = draft
  if (!limits.first_frame) return null
  return (
    <div className={`${classes.part} ${classes.frames}`}>
      <Frame
        title="First frame"
        note={firstFrame ? 'gives the clip its shape' : 'left out, it is drawn from the prompt'}
        picture={firstFrame}
        uploading={uploading === 'firstFrame'}
        onPick={() => onPick('firstFrame')}
        onRemove={() => patchDraft({ firstFrame: lastFrame, lastFrame: null })}
      />
      {limits.last_frame ? (
        <Frame
          title="Last frame"
          note={firstFrame ? 'the clip turns into it' : 'needs a first frame'}
          picture={lastFrame}
          uploading={uploading === 'lastFrame'}
          disabled={!firstFrame}
          onPick={() => onPick('lastFrame')}
          onRemove={() => patchDraft({ lastFrame: null })}
        />
      ) : null}
    </div>
  )
}

interface FrameProps {
  title: string
  note: string
  picture: DraftReference | null
  uploading: boolean
  disabled?: boolean
  onPick: () => void
  onRemove: () => void
}

function Frame({ title, note, picture, uploading, disabled, onPick, onRemove }: FrameProps) {
  return (
    <div className={classes.frame}>
      {picture && !uploading ? (
        <SourceThumb picture={picture} alt={title} />
      ) : (
        <button
          type="button"
          className={classes.slot}
          aria-label={`Choose the ${title.toLowerCase()}`}
          disabled={disabled}
          onClick={onPick}
        >
          <IconPhotoPlus size={20} stroke={1.6} aria-hidden />
        </button>
      )}
      <div role={uploading ? 'status' : undefined}>
        <strong>{title}</strong>
        {uploading ? 'on its way…' : note}
      </div>
      {picture ? (
        <CloseButton aria-label={`Remove the ${title.toLowerCase()}`} onClick={onRemove} />
      ) : null}
    </div>
  )
}
