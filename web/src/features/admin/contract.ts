/**
 * The part of the studio's API that these pages need and the generated client has not yet: its
 * types, and a call for each of them.
 */
import { client } from '@/api/generated/client.gen'
import type { AccountSessionOut, ActivityOut, ApiKeyOut, EntryOut, UsageOut } from '@/api'

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export interface Person {
  id: string
  username: string
  roles: string[]
  created_at: string
  suspended_at: string | null
  suspended_reason: string | null
  /** Of the browser sessions. */
  last_seen_at: string | null
  balance: number
  plan: string | null
  age_verified: boolean
  two_factor: boolean
  sessions: number
  api_keys: number
}

/** Somebody by id; the name is null for a person who has left. */
export interface Named {
  id: string
  username: string | null
}

/** A movement of somebody's credits. */
export interface LedgerEntry extends Omit<EntryOut, 'account'> {
  /** Whose credits moved; null for a person who has left. */
  account: Named | null
  /** What moved: what they can spend, or what jobs on their way hold. */
  part: 'available' | 'reserved'
  balance_after: number
  /** Who gave or took them; null where the studio did. */
  by: Named | null
}

export interface TrailEntry extends ActivityOut {
  /** Who did it; null for the studio itself, failed sign-ins and people who have left. */
  username: string | null
}

export type Verb = 'create' | 'read' | 'update' | 'delete'

export interface TableAccess {
  name: string
  /** By role: which rows each verb reaches, such as `all`, `own`, `own_fields` or `none`. */
  cells: Record<string, Record<Verb, string>>
}

export interface ChainState {
  ok: boolean
  /** How many are whole, from the first one on. */
  entries: number
  /** Where the trail stops being whole. */
  first_bad: { seq: number; entry_id: string | null; fault: string } | null
}

/** What decides about the content that somebody sees; the studio itself is one of the steps. */
export interface ContentState {
  steps: { name: 'studio' | 'age' | 'own'; mode: 'general' | 'adult' }[]
}

type Query = Record<string, string | number | null | undefined>

const get = <T>(url: string, query: Query = {}, signal?: AbortSignal): Promise<T> =>
  client.get<T, unknown, true, 'data'>({
    responseStyle: 'data',
    throwOnError: true,
    url,
    query,
    signal,
  }) as Promise<T>

const send = async (method: 'PUT' | 'DELETE', url: string, body?: object): Promise<void> => {
  await client.request<unknown, unknown, true, 'data'>({
    responseStyle: 'data',
    throwOnError: true,
    method,
    url,
    ...(body ? { body, headers: { 'Content-Type': 'application/json' } } : {}),
  })
}

export interface PeopleQuery {
  search?: string
  role?: string
  state?: 'active' | 'suspended'
  cursor?: string | null
  limit?: number
}

export interface LedgerQuery {
  account?: string
  kind?: string
  since?: string
  until?: string
  cursor?: string | null
}

export interface ActivityQuery {
  user_id?: string
  action?: string
  resource?: string
  since?: string
  until?: string
  cursor?: string | null
}

const person = (id: string) => `/api/people/${id}`

export const api = {
  people: (query: PeopleQuery, signal?: AbortSignal) =>
    get<Page<Person>>('/api/people', { ...query }, signal),
  person: (id: string) => get<Person>(person(id)),
  setPlan: (id: string, plan: string | null) => send('PUT', `${person(id)}/plan`, { plan }),
  setAge: (id: string, verified: boolean, reason: string) =>
    send('PUT', `${person(id)}/age`, { verified, reason }),
  deletePerson: (id: string, reason: string) => send('DELETE', person(id), { reason }),

  sessions: (id: string) => get<Page<AccountSessionOut>>(`${person(id)}/sessions`),
  endSession: (id: string, session: string) => send('DELETE', `${person(id)}/sessions/${session}`),
  apiKeys: (id: string) => get<Page<ApiKeyOut>>(`${person(id)}/api-keys`),
  revokeKey: (id: string, key: string) => send('DELETE', `${person(id)}/api-keys/${key}`),

  usage: (id: string, days: number) => get<Page<UsageOut>>(`${person(id)}/usage`, { days }),
  ledger: (query: LedgerQuery) => get<Page<LedgerEntry>>('/api/ledger', { ...query }),
  activity: (query: ActivityQuery) => get<Page<TrailEntry>>('/api/activity', { ...query }),
  verifyChain: () => get<ChainState>('/api/audit/verify'),
  content: () => get<ContentState>('/api/me/content'),
  access: () => get<{ tables: TableAccess[] }>('/api/access'),
}

/** The address of a file with all rows that fit the filters. */
export function csvAddress(name: 'ledger' | 'activity', query: Query): string {
  const filters = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [[key, String(value)] as [string, string]],
  )
  const search = new URLSearchParams(filters).toString()
  return `/api/${name}.csv${search ? `?${search}` : ''}`
}
