import type { ApiKeyOut } from '@/api'

export type Scope = ApiKeyOut['scopes'][number]

/** What a key may be allowed, in words. */
export const SCOPES: readonly { id: Scope; label: string; may: string }[] = [
  { id: 'read', label: 'Read', may: 'See everything that you see, and change nothing.' },
  { id: 'make', label: 'Make', may: 'Queue and cancel jobs, and spend your credits.' },
  { id: 'library', label: 'Library', may: 'Change and delete in the workspace and the library.' },
  {
    id: 'admin',
    label: 'Everything else',
    may: 'Your account and its keys, and all that your roles allow. Like your password.',
  },
]

export const USUAL: readonly Scope[] = ['read', 'make', 'library']

/** The scopes of a key in a few words. */
export const scopeWords = (scopes: readonly Scope[]): string =>
  scopes.length === SCOPES.length
    ? 'may do everything'
    : `may ${scopes.map((scope) => (scope === 'library' ? 'change the library' : scope)).join(', ')}`

export type Lifetime = 'never' | '30' | '90' | '365'

export const LIFETIMES: readonly { value: Lifetime; label: string }[] = [
  { value: 'never', label: 'It is revoked' },
  { value: '30', label: '30 days from now' },
  { value: '90', label: '90 days from now' },
  { value: '365', label: 'A year from now' },
]

export const isLifetime = (value: string): value is Lifetime =>
  LIFETIMES.some((lifetime) => lifetime.value === value)

/** When a key made now ends, as an ISO time; null for one without an end. */
export const endOf = (lifetime: Lifetime, now = Date.now()): string | null =>
  lifetime === 'never' ? null : new Date(now + Number(lifetime) * 86_400_000).toISOString()

/** Whether a key that works until then works no more. */
export const isOver = (expiresAt: string, now = Date.now()): boolean => Date.parse(expiresAt) <= now
