import type { StudioEntryOut } from '@/api'
import type { LedgerFilter } from '../queries'

/** The kinds of entry that the ledger knows, in the order of the list to choose from. */
export const KINDS = [
  'start',
  'grant',
  'adjustment',
  'reserve',
  'settle',
  'release',
  'closing',
] as const satisfies readonly NonNullable<LedgerFilter['kind']>[]
export type EntryKind = (typeof KINDS)[number]

const NAMES: Readonly<Record<EntryKind, string>> = {
  start: 'Starting credits',
  grant: 'Given',
  adjustment: 'Taken back',
  reserve: 'Held for a job',
  settle: 'Paid for a job',
  release: 'Given back by a job',
  closing: 'Account closed',
}

const isKind = (kind: string): kind is EntryKind => KINDS.some((each) => each === kind)

export const kindName = (kind: string): string =>
  isKind(kind) ? NAMES[kind] : kind.replaceAll('_', ' ')

/**
 * Sums by kind. What a job holds moves from one account of a person to the other, so that it sums
 * to nothing and is left out; what stays are credits that came from or went to the studio.
 */
export function sumsOf(
  entries: readonly Pick<StudioEntryOut, 'kind' | 'amount'>[],
): { kind: string; sum: number }[] {
  const sums = new Map<string, number>()
  for (const { kind, amount } of entries) sums.set(kind, (sums.get(kind) ?? 0) + amount)
  return [...sums].flatMap(([kind, sum]) => (sum === 0 ? [] : [{ kind, sum }]))
}
