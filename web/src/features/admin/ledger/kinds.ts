import type { LedgerEntry } from '../contract'

/** The kinds of entry that the ledger knows, in the order of the list to choose from. */
export const KINDS: Readonly<Record<string, string>> = {
  start: 'Starting credits',
  grant: 'Given',
  month: 'Given for the month',
  adjustment: 'Taken back',
  reserve: 'Held for a job',
  settle: 'Paid for a job',
  release: 'Given back by a job',
  closing: 'Account closed',
}

export const kindName = (kind: string): string => KINDS[kind] ?? kind.replaceAll('_', ' ')

/**
 * Sums by kind. What a job holds moves from one account of a person to the other, so that it sums
 * to nothing and is left out; what stays are credits that came from or went to the studio.
 */
export function sumsOf(
  entries: readonly Pick<LedgerEntry, 'kind' | 'amount'>[],
): { kind: string; sum: number }[] {
  const sums = new Map<string, number>()
  for (const { kind, amount } of entries) sums.set(kind, (sums.get(kind) ?? 0) + amount)
  return [...sums].flatMap(([kind, sum]) => (sum === 0 ? [] : [{ kind, sum }]))
}
