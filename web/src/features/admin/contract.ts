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
  /** Null where the studio asks nobody's age. */
  age_verified: boolean | null
  two_factor: boolean
}

export interface Named {
  id: string
  username: string
}

export interface LedgerEntry extends Omit<EntryOut, 'account'> {
  /** Whose credits moved. */
  account: Named
  /** Who gave or took them; null where the studio did. */
  by: Named | null
}

export type Verb = 'create' | 'read' | 'update' | 'delete'

export interface TableAccess {
  name: string
  /** By role: which rows each verb reaches, such as `all`, `own` or `none`. */
  cells: Record<string, Record<Verb, string>>
}

export interface ChainState {
  ok: boolean
  entries: number
  /** The number of the first entry that is not as it was written. */
  first_bad: number | null
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
  activity: (query: ActivityQuery) => get<Page<ActivityOut>>('/api/activity', { ...query }),
  verifyChain: () => get<ChainState>('/api/audit/verify'),
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
