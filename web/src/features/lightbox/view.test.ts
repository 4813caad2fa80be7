import { describe, expect, it } from 'vitest'
import {
  clampView,
  fitted,
  fitZoom,
  isFitted,
  panBy,
  pinch,
  toggleZoom,
  wheelFactor,
  zoomAbout,
  type View,
} from './view'

const STAGE = { width: 1000, height: 800 }
const PICTURE = { width: 2000, height: 1000 }
const FIT = fitted(STAGE, PICTURE)

/** The point of the picture, from its middle, that is seen at a point of the stage. */
const seenAt = (view: View, x: number, y: number) => [
  (x - view.x) / view.zoom,
  (y - view.y) / view.zoom,
]

describe('fitting', () => {
  it('shows the whole picture, and small ones no more than doubled', () => {
    expect(FIT).toEqual({ zoom: 0.5, x: 0, y: 0 })
    expect(fitZoom(STAGE, { width: 100, height: 100 })).toBe(2)
    expect(fitZoom(STAGE, { width: 0, height: 0 })).toBe(1)
  })
})

describe('zoom', () => {
  it('keeps what is under the pointer there', () => {
    const near = zoomAbout(FIT, 1.5, { x: 120, y: -40 }, STAGE, PICTURE)
    expect(near.zoom).toBe(1.5)
    const [x, y] = seenAt(near, 120, -40)
    expect(x).toBeCloseTo(240)
    expect(y).toBeCloseTo(-80)
  })

  it('stays between the whole picture and eightfold', () => {
    expect(zoomAbout(FIT, 0.01, { x: 0, y: 0 }, STAGE, PICTURE)).toEqual(FIT)
    expect(zoomAbout(FIT, 100, { x: 0, y: 0 }, STAGE, PICTURE).zoom).toBe(8)
  })

  it('goes to the own pixels and back by a double click', () => {
    const near = toggleZoom(FIT, { x: 0, y: 0 }, STAGE, PICTURE)
    expect(near.zoom).toBe(1)
    expect(isFitted(near, STAGE, PICTURE)).toBe(false)
    expect(toggleZoom(near, { x: 50, y: 50 }, STAGE, PICTURE)).toEqual(FIT)
  })

  it('doubles a picture that is shown in its own pixels already', () => {
    const own = { width: 1000, height: 800 }
    expect(toggleZoom(fitted(STAGE, own), { x: 0, y: 0 }, STAGE, own).zoom).toBe(2)
  })

  it('follows the wheel both ways by the same measure', () => {
    const turn = (deltaY: number, deltaMode = 0) =>
      wheelFactor({ deltaY, deltaMode, ctrlKey: false })
    expect(turn(-100)).toBeGreaterThan(1)
    expect(turn(-100) * turn(100)).toBeCloseTo(1)
    expect(turn(3, 1)).toBeCloseTo(turn(48))
    expect(turn(1e6)).toBe(turn(240))
  })
})

describe('pan', () => {
  it('stops at the edges', () => {
    const near = { zoom: 1, x: 0, y: 0 }
    expect(panBy(near, { x: 9999, y: 9999 }, STAGE, PICTURE)).toEqual({ zoom: 1, x: 500, y: 100 })
  })

  it('does not move a picture that is seen whole', () => {
    expect(panBy(FIT, { x: 30, y: -30 }, STAGE, PICTURE)).toEqual(FIT)
  })

  it('comes back into the edges when the stage changes', () => {
    const wide = { width: 1800, height: 800 }
    expect(clampView({ zoom: 1, x: 500, y: 100 }, wide, PICTURE)).toEqual({
      zoom: 1,
      x: 100,
      y: 100,
    })
  })
})

describe('pinch', () => {
  it('zooms by the distance of the fingers', () => {
    const near = pinch(
      FIT,
      [
        { x: -50, y: 0 },
        { x: 50, y: 0 },
      ],
      [
        { x: -150, y: 0 },
        { x: 150, y: 0 },
      ],
      STAGE,
      PICTURE,
    )
    expect(near.zoom).toBeCloseTo(1.5)
    expect(near.x).toBeCloseTo(0)
  })

  it('pans by their middle', () => {
    const start = { zoom: 1, x: 0, y: 0 }
    const moved = pinch(
      start,
      [
        { x: -50, y: 0 },
        { x: 50, y: 0 },
      ],
      [
        { x: -20, y: 10 },
        { x: 80, y: 10 },
      ],
      STAGE,
      PICTURE,
    )
    expect(moved).toEqual({ zoom: 1, x: 30, y: 10 })
  })
})
