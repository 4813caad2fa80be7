import type { RoleAccessOut } from '@/api'

/** Verbs that reach the same rows. */
export interface Reach {
  /** Which rows: `all`, `own`, `public` … */
  rows: string
  /** The same in words. */
  said: string
  verbs: string
}

type Verb = keyof RoleAccessOut

const VERBS: readonly [Verb, string][] = [
  ['create', 'create'],
  ['read', 'read'],
  ['update', 'change'],
  ['delete', 'delete'],
]
const NONE = 'none'
const ORDER = ['all', 'all_fields', 'public', 'own', 'own_fields']
const WORDS: Readonly<Record<string, string>> = {
  all_fields: 'all, in part',
  own_fields: 'own, in part',
}

const place = (rows: string): number => {
  const at = ORDER.indexOf(rows)
  return at < 0 ? ORDER.length : at
}

/** A cell of the table in words, widest first; empty where a role reaches nothing. */
export function reachOf(cell: Readonly<Record<Verb, string>> | undefined): Reach[] {
  const groups = new Map<string, string[]>()
  for (const [verb, word] of VERBS) {
    const rows = cell?.[verb] ?? NONE
    if (rows !== NONE) groups.set(rows, [...(groups.get(rows) ?? []), word])
  }
  return [...groups]
    .sort(([a], [b]) => place(a) - place(b))
    .map(([rows, verbs]) => ({
      rows,
      said: WORDS[rows] ?? rows,
      verbs: verbs.length === VERBS.length ? 'everything' : verbs.join(', '),
    }))
}
