import { Button } from '@mantine/core'
import { useId } from 'react'
import type { LimitsOut } from '@/api'
import type { Size } from '@/features/lightbox/view'
import classes from './MaskEditor.module.css'
import {
  moved,
  NO_EXTENSION,
  roomAt,
  SIDES,
  STEP,
  toShape,
  type Extension,
  type Side,
} from './sides'

interface ExtendToolsProps {
  picture: Size
  limits: LimitsOut
  sides: Extension
  onSides: (sides: Extension) => void
}

const SHAPES = [
  { name: '16:9', ratio: 16 / 9 },
  { name: '3:2', ratio: 3 / 2 },
  { name: '1:1', ratio: 1 },
  { name: '2:3', ratio: 2 / 3 },
  { name: '9:16', ratio: 9 / 16 },
]
const NAMES: Record<Side, string> = { left: 'Left', right: 'Right', top: 'Top', bottom: 'Bottom' }

/** By how many pixels a picture grows, and to which shape. */
export function ExtendTools({ picture, limits, sides, onSides }: ExtendToolsProps) {
  const id = useId()
  return (
    <footer className={classes.tools}>
      <div className={classes.sides} role="group" aria-label="Pixels to add">
        {SIDES.map((side) => (
          <label key={side} className={classes.side} htmlFor={id + side}>
            {NAMES[side]}
            <input
              id={id + side}
              type="number"
              inputMode="numeric"
              min={0}
              max={roomAt(side, sides, picture, limits)}
              step={STEP}
              value={sides[side]}
              onChange={(event) =>
                onSides(moved(sides, side, event.currentTarget.valueAsNumber, picture, limits))
              }
            />
          </label>
        ))}
      </div>
      <div className={classes.group} role="group" aria-label="Grow to a shape">
        {SHAPES.map(({ name, ratio }) => {
          const by = toShape(ratio, picture, limits)
          return (
            <Button
              key={name}
              variant="default"
              className={classes.shape}
              disabled={by === null}
              title={by ? undefined : 'Larger than this engine makes'}
              onClick={() => by && onSides(by)}
            >
              {name}
            </Button>
          )
        })}
        <Button variant="default" className={classes.shape} onClick={() => onSides(NO_EXTENSION)}>
          None
        </Button>
      </div>
    </footer>
  )
}
