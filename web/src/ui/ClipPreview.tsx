import { useReducedMotion } from '@mantine/hooks'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import { useState } from 'react'
import classes from './ClipPreview.module.css'
import { clock } from './format'

interface ClipPreviewProps {
  /** The small moving copy. */
  src: string | null
  duration: number | null
  /** Somebody points at the tile, or the focus is on it. */
  active: boolean
}

/** What a tile of a clip shows over its poster: how long it is and, while pointed at, how it moves. */
export function ClipPreview({ src, duration, active }: ClipPreviewProps) {
  const still = useReducedMotion()
  const [playing, setPlaying] = useState(false)
  const wanted = active && src !== null && !still
  return (
    <>
      {wanted ? (
        <video
          className={`${classes.video} ${playing ? classes.playing : ''}`}
          src={src}
          muted
          loop
          autoPlay
          playsInline
          disablePictureInPicture
          aria-hidden
          tabIndex={-1}
          onPlaying={() => setPlaying(true)}
          ref={(element) => {
            if (element === null) setPlaying(false)
          }}
        />
      ) : null}
      <span className={`${classes.badge} ${active ? classes.away : ''}`}>
        <IconPlayerPlayFilled size={11} aria-hidden />
        {duration === null ? 'Clip' : clock(duration)}
      </span>
    </>
  )
}
