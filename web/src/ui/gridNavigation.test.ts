import { describe, expect, it } from 'vitest'
import { nextBox } from './gridNavigation'

const box = (left: number, top: number, width = 100, height = 80) => ({ left, top, width, height })
/** Three in the first row, two wide ones in the second, one in the third. */
const BOXES = [box(0, 0), box(110, 0), box(220, 0), box(0, 90, 150), box(160, 90, 150), box(0, 180)]

describe('nextBox', () => {
  it('goes left and right in reading order, across the ends of rows', () => {
    expect(nextBox(BOXES, 2, 'right')).toBe(3)
    expect(nextBox(BOXES, 3, 'left')).toBe(2)
  })

  it('stops at the edges', () => {
    expect(nextBox(BOXES, 0, 'left')).toBeNull()
    expect(nextBox(BOXES, 5, 'right')).toBeNull()
    expect(nextBox(BOXES, 1, 'up')).toBeNull()
    expect(nextBox(BOXES, 5, 'down')).toBeNull()
  })

  it('goes up and down to what stands nearest', () => {
    expect(nextBox(BOXES, 2, 'down')).toBe(4)
    expect(nextBox(BOXES, 0, 'down')).toBe(3)
    expect(nextBox(BOXES, 4, 'down')).toBe(5)
    expect(nextBox(BOXES, 4, 'up')).toBe(2)
  })

  it('knows no way from a box that is not there', () => {
    expect(nextBox(BOXES, -1, 'down')).toBeNull()
  })
})
