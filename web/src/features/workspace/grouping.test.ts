import { describe, expect, it } from 'vitest'
import { asset, job, progress } from '../../../tests/fixtures'
import type { JobPages } from '@/features/jobs/cache'
import {
  cellsOf,
  daysLeft,
  layoutOf,
  mayHaveMore,
  place,
  previewFor,
  progressWords,
  rowsOf,
  shareOf,
} from './grouping'

const NOW = Date.UTC(2026, 10, 25, 18)
const DAY = 86_400_000
const none = new Set<string>()
const pages = (...items: ReturnType<typeof job>[]): JobPages => ({
  pages: [{ items, next_cursor: 'more' }],
  pageParams: [null],
})
const daysAgo = (days: number): string => new Date(NOW - days * DAY).toISOString()

describe('rows', () => {
  it('stand under the names of their days', () => {
    const rows = rowsOf(
      pages(
        job(2, { assets: [asset(0)], created_at: daysAgo(0) }),
        job(1, { assets: [asset(1)], created_at: daysAgo(1) }),
      ),
      none,
      null,
      NOW,
    )
    expect(rows.map((row) => (row.kind === 'day' ? row.label : row.id))).toEqual([
      'Today',
      job(2).id,
      'Yesterday',
      job(1).id,
    ])
  })

  it('leave out finished jobs without pictures, dismissed jobs and pictures on their way out', () => {
    const kept = job(3, { assets: [asset(0), asset(1)] })
    const rows = rowsOf(
      pages(
        kept,
        job(2, { assets: [asset(2)] }),
        job(1),
        job(4, { status: 'failed', dismissed: true }),
      ),
      new Set([asset(1).id, asset(2).id]),
      null,
      NOW,
    )
    const jobs = rows.flatMap((row) => (row.kind === 'job' ? [row.job] : []))
    expect(jobs.map((each) => each.id)).toEqual([kept.id])
    expect(jobs[0]?.assets.map((each) => each.id)).toEqual([asset(0).id])
  })

  it('are those of one session where one is asked for', () => {
    const rows = rowsOf(
      pages(
        job(1, { status: 'queued', workspace_session_id: 'a' }),
        job(2, { status: 'queued', workspace_session_id: 'b' }),
      ),
      none,
      'b',
      NOW,
    )
    expect(rows.flatMap((row) => (row.kind === 'job' ? [row.id] : []))).toEqual([job(2).id])
  })

  it('show a job that runs or failed without any picture', () => {
    const rows = rowsOf(
      pages(job(1, { status: 'queued' }), job(2, { status: 'failed' })),
      none,
      null,
      NOW,
    )
    expect(rows.filter((row) => row.kind === 'job')).toHaveLength(2)
  })
})

describe('more pages', () => {
  it('are read only while staged pictures can be that old', () => {
    expect(mayHaveMore(pages(job(1, { created_at: daysAgo(7.5) })), 7, NOW)).toBe(true)
    expect(mayHaveMore(pages(job(1, { created_at: daysAgo(8.5) })), 7, NOW)).toBe(false)
    expect(mayHaveMore(undefined, 7, NOW)).toBe(false)
  })
})

describe('cards', () => {
  it('are one for every picture to come, and keep their places', () => {
    const running = job(1, { status: 'processing', count: 3, assets: [asset(0)] })
    const cells = cellsOf(running, progress({ index: 1 }))
    expect(cells.map((cell) => cell.state)).toEqual(['done', 'active', 'waiting'])
  })

  it('all wait while the job waits', () => {
    const cells = cellsOf(job(1, { status: 'queued', count: 2 }), progress())
    expect(cells.map((cell) => cell.state)).toEqual(['waiting', 'waiting'])
  })

  it('are what is left, in order, once the job has ended', () => {
    const ended = job(1, { count: 3, assets: [asset(2), asset(0)] })
    expect(cellsOf(ended, progress()).map((cell) => cell.index)).toEqual([0, 2])
  })

  it('show only the preview of their own picture', () => {
    const at = progress({ preview_url: '/api/jobs/x/preview/1?v=9', index: 1 })
    expect([previewFor(at, 0), previewFor(at, 1)]).toEqual([null, '/api/jobs/x/preview/1?v=9'])
  })

  it('know their share', () => {
    const at = progress({ index: 1, step: 5, steps: 20 })
    expect([0, 1, 2].map((index) => shareOf(at, index))).toEqual([1, 0.25, 0])
    expect(shareOf(progress(), 0)).toBe(0)
  })
})

describe('words of progress', () => {
  it.each([
    [
      job(1, { status: 'queued', queue_position: 2 }),
      progress({ eta_seconds: 12 }),
      'waiting, 2nd in line, about 12 s',
    ],
    [job(1, { status: 'queued' }), progress(), 'waiting'],
    [job(1, { status: 'processing' }), progress({ stage: 'rewriting' }), 'improving the prompt…'],
    [job(1, { status: 'processing' }), progress({ stage: 'loading' }), 'getting the engine ready…'],
    [
      job(1, { status: 'processing', count: 3 }),
      progress({ stage: 'generating', index: 1, step: 14, steps: 25, eta_seconds: 4 }),
      'making 2 of 3, step 14 of 25, about 4 s',
    ],
    [
      job(1, { status: 'processing' }),
      progress({ stage: 'generating', step: 1, steps: 8 }),
      'making, step 1 of 8',
    ],
  ])('%#', (made, at, words) => expect(progressWords(made, at)).toBe(words))

  it.each([
    [1, '1st'],
    [2, '2nd'],
    [3, '3rd'],
    [11, '11th'],
    [22, '22nd'],
  ])('place %d', (position, words) => expect(place(position)).toBe(`${words} in line`))
})

it('days left stop at nothing', () => {
  expect(daysLeft(daysAgo(-5), NOW)).toBeCloseTo(5)
  expect(daysLeft(daysAgo(2), NOW)).toBe(0)
})

describe('the layout of a job', () => {
  it('puts three wide pictures into one row on a desk', () => {
    expect(layoutOf(1180, 3, 4 / 3)).toMatchObject({
      columns: 3,
      width: 388,
      height: 291,
      total: 291,
    })
  })

  it('lets no picture grow beyond a third of a screen', () => {
    expect(layoutOf(1180, 1, 1)).toMatchObject({ width: 300, height: 300 })
  })

  it('breaks into rows where cards would be too small', () => {
    const phone = layoutOf(366, 3, 4 / 3)
    expect(phone).toMatchObject({ columns: 2, width: 179, height: 134, total: 276 })
    expect(layoutOf(366, 1, 9 / 16)).toMatchObject({ columns: 1, width: 366 })
  })

  it('is never empty', () => {
    expect(layoutOf(0, 0, 1)).toMatchObject({ columns: 1, width: 1 })
  })
})
