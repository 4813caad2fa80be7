import { useElementSize } from '@mantine/hooks'
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import type { LimitsOut } from '@/api'
import type { Size } from '@/features/lightbox/view'
import classes from './MaskEditor.module.css'
import { Picture } from './Picture'
import { grown, moved, roomAt, SIDES, STEP, type Extension, type Side } from './sides'

interface ExtendStageProps {
  url: string
  smallUrl: string
  picture: Size
  limits: LimitsOut
  sides: Extension
  hidden: boolean
  onSides: (sides: Extension) => void
}

interface Layout {
  zoom: number
  /** Where the picture's corner is in the stage. */
  left: number
  top: number
}

/** How much of the stage the frame takes, so that there is room to pull it. */
const SHARE = 0.68
const NAMES: Record<Side, string> = { left: 'Left', right: 'Right', top: 'Top', bottom: 'Bottom' }

function layoutOf(stage: Size, picture: Size, sides: Extension): Layout {
  const frame = grown(picture, sides)
  const zoom = Math.min(
    (stage.width * SHARE) / frame.width,
    (stage.height * SHARE) / frame.height,
    2,
  )
  return {
    zoom,
    left: (stage.width - frame.width * zoom) / 2 + sides.left * zoom,
    top: (stage.height - frame.height * zoom) / 2 + sides.top * zoom,
  }
}

/** The picture in a frame whose sides are pulled outwards. */
export function ExtendStage({ picture, limits, sides, onSides, ...props }: ExtendStageProps) {
  const { ref, width, height } = useElementSize()
  // While a side is pulled nothing else moves; then the frame comes to the middle again.
  const [still, setStill] = useState<Layout | null>(null)
  const layout = still ?? layoutOf({ width, height }, picture, sides)
  const { zoom } = layout
  const frame = grown(picture, sides)
  return (
    <div ref={ref} className={classes.stage} data-tool="extend" hidden={props.hidden}>
      <div
        className={classes.frame}
        style={{
          left: layout.left - sides.left * zoom,
          top: layout.top - sides.top * zoom,
          width: frame.width * zoom,
          height: frame.height * zoom,
        }}
      >
        <div
          className={classes.sheet}
          style={{
            left: sides.left * zoom,
            top: sides.top * zoom,
            width: picture.width * zoom,
            height: picture.height * zoom,
          }}
        >
          <Picture url={props.url} smallUrl={props.smallUrl} />
        </div>
        {SIDES.map((side) => (
          <Handle
            key={side}
            side={side}
            value={sides[side]}
            most={roomAt(side, sides, picture, limits)}
            zoom={zoom}
            onHold={(held) => setStill(held ? layout : null)}
            onMove={(to) => onSides(moved(sides, side, to, picture, limits))}
          />
        ))}
      </div>
    </div>
  )
}

interface HandleProps {
  side: Side
  value: number
  most: number
  zoom: number
  onHold: (held: boolean) => void
  onMove: (to: number) => void
}

/** Keys that pull a side by a step: outwards, inwards. */
const KEYS: Record<Side, readonly [string, string]> = {
  left: ['ArrowLeft', 'ArrowRight'],
  right: ['ArrowRight', 'ArrowLeft'],
  top: ['ArrowUp', 'ArrowDown'],
  bottom: ['ArrowDown', 'ArrowUp'],
}

function Handle({ side, value, most, zoom, onHold, onMove }: HandleProps) {
  const start = useRef<{ at: number; value: number } | null>(null)
  const flat = side === 'left' || side === 'right'
  const sign = side === 'left' || side === 'top' ? -1 : 1
  const along = (event: PointerEvent) => (flat ? event.clientX : event.clientY)
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    start.current = { at: along(event), value }
    onHold(true)
  }
  const move = (event: PointerEvent) => {
    const from = start.current
    if (from) onMove(from.value + (sign * (along(event) - from.at)) / zoom)
  }
  const up = () => {
    start.current = null
    onHold(false)
  }
  const key = (event: KeyboardEvent) => {
    const [outwards, inwards] = KEYS[side]
    const by = event.key === outwards ? 1 : event.key === inwards ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    event.stopPropagation()
    onMove(value + by * STEP * (event.shiftKey ? 8 : 1))
  }
  return (
    <div
      role="slider"
      tabIndex={0}
      className={classes.handle}
      data-side={side}
      aria-label={`${NAMES[side]} side`}
      aria-orientation={flat ? 'horizontal' : 'vertical'}
      aria-valuemin={0}
      aria-valuemax={most}
      aria-valuenow={value}
      aria-valuetext={`${value} pixels`}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onKeyDown={key}
    />
  )
}
