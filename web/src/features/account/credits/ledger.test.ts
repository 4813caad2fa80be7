import { describe, expect, it } from 'vitest'
import type { EntryOut } from '@/api'
import { movementsOf } from './ledger'

let number = 0
function entry(kind: string, account: EntryOut['account'], amount: number, job?: string): EntryOut {
  return {
    id: `e${++number}`,
    kind,
    account,
    amount,
    balance_after: 0,
    job_id: job ?? null,
    reason: null,
    created_at: '2026-11-25T12:00:00Z',
  }
}

/** A job of 6 that delivered 4, after a start with 20, newest first. */
const STORY = [
  entry('settle', 'available', 2, 'a'),
  entry('settle', 'reserved', -6, 'a'),
  entry('reserve', 'reserved', 6, 'a'),
  entry('reserve', 'available', -6, 'a'),
  entry('start', 'available', 20),
]

describe('movements', () => {
  it('put both entries of a job on one line, with the balance after each', () => {
    const shown = movementsOf(STORY, 16, false).map((m) => [m.kind, m.change, m.held, m.after])
    expect(shown).toEqual([
      ['settle', 2, -6, 16],
      ['reserve', -6, 6, 14],
      ['start', 20, 0, 20],
    ])
  })

  it('end in the balance before the first of them', () => {
    const movements = movementsOf(STORY, 16, false)
    const last = movements.at(-1)
    expect((last?.after ?? 0) - (last?.change ?? 0)).toBe(0)
  })

  it('wait for the rest of one that the page cuts in two', () => {
    expect(movementsOf(STORY.slice(0, 3), 16, true).map((m) => m.kind)).toEqual(['settle'])
  })

  it('keep grants apart, whatever they have in common', () => {
    const grants = [entry('grant', 'available', 5), entry('grant', 'available', 5)]
    expect(movementsOf(grants, 10, false).map((m) => m.after)).toEqual([10, 5])
  })
})
