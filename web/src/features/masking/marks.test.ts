import { describe, expect, it } from 'vitest'
import { add, NO_MARKS, redo, resized, undo, usualBrush, widestBrush, type Mark } from './marks'

const invert: Mark = { kind: 'invert' }
const clear: Mark = { kind: 'clear' }

describe('the marks of a mask', () => {
  it('are taken back one by one and made again', () => {
    const two = add(add(NO_MARKS, invert), clear)
    expect(two.done).toEqual([invert, clear])
    const one = undo(two)
    expect(one).toEqual({ done: [invert], undone: [clear] })
    expect(redo(one)).toEqual(two)
    expect(undo(undo(undo(two)))).toEqual({ done: [], undone: [clear, invert] })
    expect(redo(two)).toBe(two)
  })

  it('forget what was taken back once something new is done', () => {
    expect(add(undo(add(NO_MARKS, invert)), clear)).toEqual({ done: [clear], undone: [] })
  })
})

describe('a brush', () => {
  const picture = { width: 1200, height: 800 }

  it('fits the picture', () => {
    expect(usualBrush(picture)).toBe(100)
    expect(widestBrush(picture)).toBe(600)
    expect(usualBrush({ width: 16, height: 8 })).toBe(4)
  })

  it('grows and shrinks by a quarter, between its ends', () => {
    expect(resized(100, 1, 600)).toBe(125)
    expect(resized(125, -1, 600)).toBe(100)
    expect(resized(590, 1, 600)).toBe(600)
    expect(resized(4, -1, 600)).toBe(4)
    expect(resized(1, 1, 600)).toBe(4)
  })
})
