import { describe, expect, it } from 'vitest'
import type { UsageOut } from '@/api'
import { usageOf, utcToday } from './usage'

const row = (day: string, quality: string, outputs: number, format = 'image'): UsageOut => ({
  day,
  format,
  quality,
  jobs: 1,
  outputs,
  credits: outputs * (quality === 'high' ? 2 : 1),
})

const ROWS = [
  row('2026-11-23', 'fast', 3),
  row('2026-11-25', 'fast', 1),
  row('2026-11-25', 'high', 9),
  row('2026-11-25', 'high', 2, 'video'),
]

describe('usage', () => {
  it('has every day, also those on which nothing was made', () => {
    const { days } = usageOf(ROWS, 'quality', 4, '2026-11-25')
    expect(days.map((day) => [day.date, day.total])).toEqual([
      ['2026-11-22', 0],
      ['2026-11-23', 3],
      ['2026-11-24', 0],
      ['2026-11-25', 12],
    ])
  })

  it('is split by quality or format, the largest first, and sums up to the same', () => {
    const byQuality = usageOf(ROWS, 'quality', 4, '2026-11-25')
    expect(byQuality.series.map((s) => [s.label, s.outputs, s.jobs, s.credits])).toEqual([
      ['High quality', 11, 2, 22],
      ['Fast', 4, 2, 4],
    ])
    expect(byQuality.days.at(-1)?.parts).toEqual([11, 1])
    const byFormat = usageOf(ROWS, 'format', 4, '2026-11-25')
    expect(byFormat.series.map((s) => [s.label, s.outputs])).toEqual([
      ['Pictures', 13],
      ['Films', 2],
    ])
    expect(byFormat.total).toBe(byQuality.total)
  })

  it.each([
    [0, 4],
    [5, 10],
    [20, 20],
    [21, 40],
    [900, 1000],
  ])('a day of %d has a scale up to %d', (outputs, top) => {
    const rows = [row('2026-11-25', 'fast', outputs)]
    expect(usageOf(rows, 'format', 1, '2026-11-25').top).toBe(top)
  })

  it('counts days by the clock of UTC', () => {
    expect(utcToday(Date.parse('2026-11-25T23:30:00-05:00'))).toBe('2026-11-26')
  })
})
