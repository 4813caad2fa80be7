import { describe, expect, it } from 'vitest'
import { boxesOf, gridHeight, justify, rowsWithin, shownAspect } from './JustifiedGridLayout'

const SHAPE = { width: 1000, rowHeight: 200, gap: 8 }
const MIXED = Array.from(
  { length: 97 },
  (_, at) => [16 / 9, 4 / 3, 1, 3 / 4, 9 / 16][(at * 7) % 5] ?? 1,
)

describe('justify', () => {
  it('takes every picture once and in order', () => {
    const rows = justify(MIXED, SHAPE)
    expect(rows.flatMap((row) => row.widths)).toHaveLength(MIXED.length)
    expect(rows[0]?.start).toBe(0)
    for (const [at, row] of rows.entries())
      expect(row.end).toBe(rows[at + 1]?.start ?? MIXED.length)
  })

  it('fills the width to the pixel in every row but the last', () => {
    for (const width of [358, 999, 1003, 1640]) {
      const rows = justify(MIXED, { ...SHAPE, width })
      for (const row of rows.slice(0, -1)) {
        const total = row.widths.reduce((sum, each) => sum + each, 0)
        expect(total + SHAPE.gap * (row.widths.length - 1)).toBe(width)
      }
    }
  })

  it('keeps the shapes, and heights near to what was asked for', () => {
    for (const row of justify(MIXED, SHAPE).slice(0, -1)) {
      expect(row.height).toBeGreaterThan(SHAPE.rowHeight / 1.6)
      expect(row.height).toBeLessThanOrEqual(SHAPE.rowHeight * 1.4)
      row.widths.forEach((width, at) => {
        expect(Math.abs(width - (MIXED[row.start + at] ?? 1) * row.height)).toBeLessThan(1.01)
      })
    }
  })

  it('does not blow up the last row', () => {
    const [row] = justify([1, 1], SHAPE)
    expect(row?.height).toBe(200)
    expect(row?.widths).toEqual([200, 200])
  })

  it('changes only the last row when more are added', () => {
    const before = justify(MIXED.slice(0, 60), SHAPE)
    const after = justify(MIXED, SHAPE)
    expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1))
  })

  it('shows one broad picture alone, no wider than the row', () => {
    const [row] = justify([4], { ...SHAPE, width: 358 })
    expect(row?.widths).toEqual([358])
    expect(row?.height).toBeCloseTo(89.5)
  })

  it('has no rows without pictures or width', () => {
    expect(justify([], SHAPE)).toEqual([])
    expect(justify([1], { ...SHAPE, width: 0 })).toEqual([])
  })
})

describe('shownAspect', () => {
  it('cuts slivers and survives a missing size', () => {
    expect(shownAspect(1024, 768)).toBeCloseTo(4 / 3)
    expect(shownAspect(100, 1000)).toBe(0.4)
    expect(shownAspect(9000, 10)).toBe(4)
    expect(shownAspect(0, 10)).toBe(1)
  })
})

describe('places', () => {
  it('finds the rows of a band as a walk over all of them would', () => {
    const rows = justify(MIXED, SHAPE)
    for (const [from, to] of [
      [-500, -100],
      [0, 0],
      [350, 900],
      [1000, 1e6],
      [1e6, 2e6],
    ] as const) {
      const { first, end } = rowsWithin(rows, from, to)
      const touched = rows.filter((row) => row.top + row.height >= from && row.top <= to)
      expect(rows.slice(first, end)).toEqual(touched)
    }
  })

  it('gives each picture a box, and the grid its height', () => {
    const rows = justify(MIXED, SHAPE)
    const boxes = boxesOf(rows, SHAPE.gap)
    expect(boxes).toHaveLength(MIXED.length)
    expect(boxes[1]?.left).toBe((boxes[0]?.width ?? 0) + SHAPE.gap)
    const last = boxes.at(-1)
    expect(gridHeight(rows)).toBe((last?.top ?? 0) + (last?.height ?? 0))
    expect(gridHeight([])).toBe(0)
  })
})
