import { ActionIcon } from '@mantine/core'
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
  type Icon,
} from '@tabler/icons-react'
import type { CSSProperties } from 'react'
import { keyHint, type KeyAction } from '@/keys/keymap'
import { clock } from '@/ui/format'
import classes from './ClipBar.module.css'
import type { ClipControl } from './useClip'

/** Play, pause, go through a clip by time or by frames. */
export function ClipBar({ clip }: { clip: Omit<ClipControl, 'attach'> }) {
  const { playing, time, duration } = clip
  const share = { '--share': duration ? time / duration : 0 } as CSSProperties
  return (
    <div className={classes.bar} role="group" aria-label="Clip">
      <Tool
        icon={playing ? IconPlayerPauseFilled : IconPlayerPlayFilled}
        label={playing ? 'Pause' : 'Play'}
        shortcut="viewer.play"
        run={clip.toggle}
      />
      <Tool
        icon={IconPlayerSkipBack}
        label="One frame back"
        shortcut="viewer.frameBack"
        run={() => clip.step(-1)}
      />
      <Tool
        icon={IconPlayerSkipForward}
        label="One frame on"
        shortcut="viewer.frameOn"
        run={() => clip.step(1)}
      />
      <input
        className={classes.line}
        style={share}
        type="range"
        aria-label="Place in the clip"
        aria-valuetext={`${time.toFixed(1)} of ${duration.toFixed(1)} seconds`}
        min={0}
        max={duration || 1}
        step={0.01}
        value={time}
        onChange={(event) => clip.seek(Number(event.currentTarget.value))}
      />
      <span className={classes.time}>
        {clock(time)} <span>/ {clock(duration)}</span>
      </span>
    </div>
  )
}

function Tool({
  icon: Picture,
  label,
  shortcut,
  run,
}: {
  icon: Icon
  label: string
  shortcut: KeyAction
  run: () => void
}) {
  return (
    <ActionIcon
      size={44}
      className={classes.tool}
      aria-label={label}
      title={`${label} (${keyHint(shortcut)})`}
      onClick={run}
    >
      <Picture size={19} stroke={1.7} aria-hidden />
    </ActionIcon>
  )
}
