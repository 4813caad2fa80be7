import { KINDS, type EntryKind } from './ledger/kinds'
import { ROLES, type Role } from './roles'
import {
  ENHANCERS,
  MADE,
  MODES,
  TARGETS,
  USE_CASES,
  type Enhancer,
  type Made,
  type Mode,
  type Target,
  type UseCase,
} from './templates/kinds'

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

/** What a template is for, as the address says it. */
export interface KeySearch {
  use?: UseCase
  target?: Target
  made?: Made
  enhancer?: Enhancer
  mode?: Mode
}

export interface TemplatesSearch extends KeySearch {
  q?: string
  state?: 'used' | 'off' | 'draft'
  /** The form for a new template, or the one for a file, is open. */
  open?: 'new' | 'import'
}

export const TEMPLATE_PARTS = ['text', 'versions', 'try'] as const
/** The parts of a template's page. */
export type TemplatePart = (typeof TEMPLATE_PARTS)[number]

export interface TemplateSearch {
  part?: TemplatePart
  /** The numbers of two versions that are compared. */
  before?: number
  after?: number
}

export interface ModelsSearch {
  q?: string | undefined
  /** The kind of the files. */
  what?: string | undefined
  family?: string | undefined
  /** The file whose details are open. */
  file?: string | undefined
}

export interface WeightsSearch {
  q?: string
  state?: 'offered' | 'off'
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

const key = (raw: Raw) => ({
  use: oneOf(raw.use, USE_CASES),
  target: oneOf(raw.target, TARGETS),
  made: oneOf(raw.made, MADE),
  enhancer: oneOf(raw.enhancer, ENHANCERS),
  mode: oneOf(raw.mode, MODES),
})

export const checkKeySearch = (raw: Raw): KeySearch => given(key(raw))

export const checkTemplatesSearch = (raw: Raw): TemplatesSearch =>
  given({
    q: text(raw.q),
    ...key(raw),
    state: oneOf(raw.state, ['used', 'off', 'draft']),
    open: oneOf(raw.open, ['new', 'import']),
  })

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined

export const checkTemplateSearch = (raw: Raw): TemplateSearch =>
  given({
    part: oneOf(raw.part, TEMPLATE_PARTS),
    before: numberOf(raw.before),
    after: numberOf(raw.after),
  })

export const checkModelsSearch = (raw: Raw): ModelsSearch =>
  given({ q: text(raw.q), what: text(raw.what), family: text(raw.family), file: text(raw.file) })

export const checkWeightsSearch = (raw: Raw): WeightsSearch =>
  given({ q: text(raw.q), state: oneOf(raw.state, ['offered', 'off']) })
