import type { EntryOut } from '@/api'

/** What one event did to a person's credits: an entry on each of the two accounts that it touched. */
export interface Movement {
  id: string
  kind: string
  jobId: string | null
  reason: string | null
  at: string
  /** Credits that can be spent, more or fewer. */
  change: number
  /** Credits held for jobs, more or fewer. */
  held: number
  /** Credits that could be spent afterwards. */
  after: number
}

/** The kinds that write an entry on each account, which belong on one line. */
const OF_JOBS = new Set(['reserve', 'settle', 'release'])

/**
 * Entries, newest first, as movements with the balance after each.
 *
 * `balance` is what can be spent now. Where `more` entries follow, the last movement waits for the
 * rest of its own.
 */
export function movementsOf(
  entries: readonly EntryOut[],
  balance: number,
  more: boolean,
): Movement[] {
  const movements = new Map<string, Movement>()
  for (const entry of entries) {
    const key = OF_JOBS.has(entry.kind) ? `${entry.kind} ${entry.job_id}` : entry.id
    const movement = movements.get(key) ?? {
      id: entry.id,
      kind: entry.kind,
      jobId: entry.job_id,
      reason: entry.reason,
      at: entry.created_at,
      change: 0,
      held: 0,
      after: 0,
    }
    if (entry.account === 'available') movement.change += entry.amount
    else movement.held += entry.amount
    movements.set(key, movement)
  }
  const list = [...movements.values()]
  if (more) list.pop()
  let after = balance
  for (const movement of list) {
    movement.after = after
    after -= movement.change
  }
  return list
}
