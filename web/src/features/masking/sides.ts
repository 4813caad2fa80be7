import type { LimitsOut } from '@/api'
import type { Size } from '@/features/lightbox/view'

export const SIDES = ['left', 'right', 'top', 'bottom'] as const
export type Side = (typeof SIDES)[number]

/** Pixels by which a picture grows at each side. */
export type Extension = Record<Side, number>

export const NO_EXTENSION: Extension = { left: 0, right: 0, top: 0, bottom: 0 }
export const STEP = 8
/** The most that the studio takes for one side. */
const MOST = 4096

export const grows = (by: Extension): boolean => SIDES.some((side) => by[side] > 0)

export const grown = (picture: Size, by: Extension): Size => ({
  width: picture.width + by.left + by.right,
  height: picture.height + by.top + by.bottom,
})

const along = (side: Side): 'width' | 'height' =>
  side === 'left' || side === 'right' ? 'width' : 'height'

const OTHER: Record<Side, Side> = { left: 'right', right: 'left', top: 'bottom', bottom: 'top' }

/**
 * How far a side may go. Beyond the engine's size the whole is scaled down, so that a picture that
 * is as large already may double.
 */
export function roomAt(side: Side, by: Extension, picture: Size, limits: LimitsOut): number {
  const own = picture[along(side)]
  const most = Math.max(limits[along(side)].maximum - own, 0) || own
  return Math.max(0, Math.min(Math.floor((most - by[OTHER[side]]) / STEP) * STEP, MOST))
}

/** One side moved, to the next step and within its room. */
export function moved(
  by: Extension,
  side: Side,
  to: number,
  picture: Size,
  limits: LimitsOut,
): Extension {
  const stepped = Math.round((Number.isFinite(to) ? to : 0) / STEP) * STEP
  return {
    ...by,
    [side]: Math.min(Math.max(stepped, 0), roomAt(side, by, picture, limits)),
  }
}

/**
 * The extension that brings a picture to a shape, alike at both sides; null where the engine makes
 * nothing as large.
 */
export function toShape(ratio: number, picture: Size, limits: LimitsOut): Extension | null {
  const wider = ratio > picture.width / picture.height
  const more = wider
    ? picture.height * ratio - picture.width
    : picture.width / ratio - picture.height
  const [before, after]: [Side, Side] = wider ? ['left', 'right'] : ['top', 'bottom']
  const half = Math.round(more / 2 / STEP) * STEP
  if (half * 2 > roomAt(before, NO_EXTENSION, picture, limits)) return null
  return { ...NO_EXTENSION, [before]: half, [after]: half }
}
