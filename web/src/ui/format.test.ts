import { describe, expect, it } from 'vitest'
import {
  clock,
  count,
  countOf,
  dayName,
  duration,
  fileSize,
  ratioName,
  signed,
  when,
} from './format'

const NOW = new Date(2026, 10, 25, 14, 30).getTime()
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString()

describe('words for numbers', () => {
  it.each([
    [0.4, 'under a second'],
    [4.4, '4 s'],
    [89, '89 s'],
    [90, '2 min'],
    [3599, '1 h'],
    [3900, '1 h 5 min'],
  ])('%d seconds', (seconds, words) => expect(duration(seconds)).toBe(words))

  it.each([
    [640, '640 B'],
    [48_200, '48 kB'],
    [999_600, '1.0 MB'],
    [1_234_567, '1.2 MB'],
    [999_960_000, '1.0 GB'],
  ])('%d bytes', (bytes, words) => expect(fileSize(bytes)).toBe(words))

  it('counts in the singular and the plural', () => {
    expect([count(1, 'picture'), count(3, 'picture'), count(1200, 'entry', 'entries')]).toEqual([
      '1 picture',
      '3 pictures',
      '1,200 entries',
    ])
  })

  it('shows movements with their sign', () => {
    expect([signed(20), signed(-1200), signed(0)]).toEqual(['+20', '−1,200', '0'])
  })

  it.each([
    [1024, 768, '4:3'],
    [1024, 576, '16:9'],
    [1000, 1000, '1:1'],
    [1001, 523, '1.91:1'],
    [523, 1001, '1:1.91'],
  ])('%d by %d', (width, height, name) => expect(ratioName(width, height)).toBe(name))
})

describe('words for times', () => {
  it.each([
    [10, 'just now'],
    [300, '5 minutes ago'],
    [7200, '12:30'],
    [86_400, 'Yesterday, 14:30'],
  ])('%d seconds ago', (seconds, words) => expect(when(ago(seconds), NOW)).toBe(words))

  it('names days', () => {
    expect(dayName(ago(60), NOW)).toBe('Today')
    expect(dayName(ago(86_400), NOW)).toBe('Yesterday')
    expect(dayName(ago(3 * 86_400), NOW)).toBe('Sunday 22 November')
    expect(dayName(ago(365 * 86_400), NOW)).toMatch(/November 2025$/)
  })
})

describe('clips', () => {
  it.each([
    [0, '0:00'],
    [4.96, '0:05'],
    [72, '1:12'],
  ])('%d seconds on a clock', (seconds, words) => expect(clock(seconds)).toBe(words))

  it('are counted beside pictures', () => {
    const [still, clip] = [{ mime_type: 'image/png' }, { mime_type: 'video/mp4' }]
    expect([countOf([]), countOf([still, still]), countOf([clip]), countOf([still, clip])]).toEqual(
      ['0 pictures', '2 pictures', '1 clip', '1 picture, 1 clip'],
    )
  })
})
