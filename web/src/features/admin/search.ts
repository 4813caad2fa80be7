import { KINDS, type EntryKind } from './ledger/kinds'
import { ROLES, type Role } from './roles'

/** What stands in the addresses of the admin pages behind the `?`. */
export interface PeopleSearch {
  q?: string
  role?: Role
  state?: 'active' | 'suspended'
  /** The form for a new person is open. */
  new?: true
}

export const PARTS = ['account', 'sign-in', 'credits', 'activity'] as const
/** The parts of a person's page. */
export type Part = (typeof PARTS)[number]

export interface PersonSearch {
  part?: Part
}

export interface AccessSearch {
  q?: string
  /** The role that is shown where there is room for one. */
  role?: string
}

/** Days are local ones, written `2026-11-25`, and both are part of what is shown. */
export interface LedgerSearch {
  person?: string
  kind?: EntryKind
  since?: string
  until?: string
}

export interface TrailSearch {
  person?: string
  /** As the trail writes it, such as `role.granted`. */
  action?: string
  resource?: string
  since?: string
  until?: string
}

type Raw = Record<string, unknown>

/** A text of the address; one such as `?q=2026` is read as a number. */
function text(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  return String(value).slice(0, 200) || undefined
}

function day(value: unknown): string | undefined {
  const written = text(value)
  if (!written || !/^\d{4}-\d{2}-\d{2}$/.test(written)) return undefined
  const read = new Date(written)
  // A 31st of November would be read as the 1st of December.
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(written)
    ? written
    : undefined
}

function oneOf<T extends string>(value: unknown, known: readonly T[]): T | undefined {
  return known.find((each) => each === value)
}

/** Leaves out what is not there, so that it does not stand in the address. */
function given<T extends object>(search: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

export const checkPeopleSearch = (raw: Raw): PeopleSearch =>
  given({
    q: text(raw.q),
    role: oneOf(raw.role, ROLES),
    state: oneOf(raw.state, ['active', 'suspended']),
    new: raw.new === true ? (true as const) : undefined,
  })

export const checkPersonSearch = (raw: Raw): PersonSearch => given({ part: oneOf(raw.part, PARTS) })

export const checkAccessSearch = (raw: Raw): AccessSearch =>
  given({ q: text(raw.q), role: text(raw.role) })

export const checkLedgerSearch = (raw: Raw): LedgerSearch =>
  given({
    person: text(raw.person),
    kind: oneOf(raw.kind, KINDS),
    since: day(raw.since),
    until: day(raw.until),
  })

export const checkTrailSearch = (raw: Raw): TrailSearch =>
  given({
    person: text(raw.person),
    action: text(raw.action),
    resource: text(raw.resource),
    since: day(raw.since),
    until: day(raw.until),
  })
