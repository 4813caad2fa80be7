import type { Point } from './view'

export type Swiped = 'next' | 'previous' | 'close' | 'stay'

/** Pixels of a second that make a short flick count as a swipe. */
const FLICK = 450
/** The share of the stage's width after which letting go moves on. */
const SHARE = 0.28
/** Pixels downward after which letting go closes. */
const PULL = 120
/** Pixels before it is known which way a finger goes. */
const SLACK = 8

export type Axis = 'sideways' | 'down' | null

/** Which way a finger goes; it keeps to that until it is lifted. */
export function axisOf(by: Point): Axis {
  if (Math.hypot(by.x, by.y) < SLACK) return null
  if (Math.abs(by.x) >= Math.abs(by.y)) return 'sideways'
  return by.y > 0 ? 'down' : null
}

/** How far the picture follows a finger; at the ends of the row it resists. */
export function follow(by: Point, axis: Axis, ends: { first: boolean; last: boolean }): Point {
  if (axis === 'down') return { x: 0, y: Math.max(by.y, 0) }
  if (axis !== 'sideways') return { x: 0, y: 0 }
  const resists = (ends.first && by.x > 0) || (ends.last && by.x < 0)
  return { x: resists ? by.x / 3 : by.x, y: 0 }
}

/** What letting go means. `milliseconds` is how long the finger was down. */
export function released(
  by: Point,
  axis: Axis,
  milliseconds: number,
  width: number,
  ends: { first: boolean; last: boolean },
): Swiped {
  const speed = (pixels: number) => (Math.abs(pixels) / Math.max(milliseconds, 1)) * 1000
  if (axis === 'down') return by.y > PULL || (by.y > 40 && speed(by.y) > FLICK) ? 'close' : 'stay'
  if (axis !== 'sideways') return 'stay'
  const far = Math.abs(by.x) > width * SHARE || (Math.abs(by.x) > 24 && speed(by.x) > FLICK)
  if (!far) return 'stay'
  if (by.x < 0) return ends.last ? 'stay' : 'next'
  return ends.first ? 'stay' : 'previous'
}
