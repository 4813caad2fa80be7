import { describe, expect, it } from 'vitest'
import { axisOf, follow, released } from './swipe'

const MIDDLE = { first: false, last: false }

describe('the way of a finger', () => {
  it('is open until it moved a little, then sideways or down', () => {
    expect(axisOf({ x: 3, y: 4 })).toBeNull()
    expect(axisOf({ x: -20, y: 9 })).toBe('sideways')
    expect(axisOf({ x: 5, y: 30 })).toBe('down')
    expect(axisOf({ x: 5, y: -30 })).toBeNull()
  })

  it('is followed, with resistance at the ends', () => {
    expect(follow({ x: 60, y: 20 }, 'sideways', MIDDLE)).toEqual({ x: 60, y: 0 })
    expect(follow({ x: 60, y: 20 }, 'sideways', { first: true, last: false })).toEqual({
      x: 20,
      y: 0,
    })
    expect(follow({ x: 60, y: 20 }, 'down', MIDDLE)).toEqual({ x: 0, y: 20 })
    expect(follow({ x: 60, y: -20 }, 'down', MIDDLE)).toEqual({ x: 0, y: 0 })
  })
})

describe('letting go', () => {
  it('moves on after a far or a quick movement', () => {
    expect(released({ x: -130, y: 0 }, 'sideways', 900, 390, MIDDLE)).toBe('next')
    expect(released({ x: 130, y: 0 }, 'sideways', 900, 390, MIDDLE)).toBe('previous')
    expect(released({ x: -40, y: 0 }, 'sideways', 60, 390, MIDDLE)).toBe('next')
    expect(released({ x: -40, y: 0 }, 'sideways', 600, 390, MIDDLE)).toBe('stay')
  })

  it('stays at the ends', () => {
    const ends = { first: true, last: true }
    expect(released({ x: -300, y: 0 }, 'sideways', 200, 390, ends)).toBe('stay')
    expect(released({ x: 300, y: 0 }, 'sideways', 200, 390, ends)).toBe('stay')
  })

  it('closes downward', () => {
    expect(released({ x: 0, y: 140 }, 'down', 900, 390, MIDDLE)).toBe('close')
    expect(released({ x: 0, y: 60 }, 'down', 80, 390, MIDDLE)).toBe('close')
    expect(released({ x: 0, y: 60 }, 'down', 800, 390, MIDDLE)).toBe('stay')
  })
})
