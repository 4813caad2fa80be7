import type { MeOut, StudioEntryOut, PersonOut, ActivityOut } from '@/api'

const id = (number: number): string => `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`

export const ADMIN: MeOut = {
  id: id(1),
  username: 'ada',
  display_name: 'ada',
  roles: ['admin'],
  has_password: true,
  two_factor: false,
  created_at: '2026-11-01T10:00:00Z',
  shared: false,
}

export function person(number: number, change: Partial<PersonOut> = {}): PersonOut {
  return {
    id: id(number),
    username: `person${number}`,
    roles: ['basic_user'],
    created_at: '2026-11-01T10:00:00Z',
    suspended_at: null,
    suspended_reason: null,
    last_seen_at: '2026-11-20T10:00:00Z',
    sessions: 1,
    api_keys: 0,
    balance: 100,
    plan: null,
    age_verified: false,
    two_factor: false,
    ...change,
  }
}

export function ledgerEntry(number: number, change: Partial<StudioEntryOut> = {}): StudioEntryOut {
  return {
    id: id(3000 + number),
    kind: 'grant',
    account: { id: id(2), username: 'bo' },
    part: 'available',
    amount: 20,
    balance_after: 120,
    job_id: null,
    reason: 'workshop',
    by: { id: ADMIN.id, username: ADMIN.username },
    created_at: '2026-11-20T10:00:00Z',
    ...change,
  }
}

export function trailEntry(number: number, change: Partial<ActivityOut> = {}): ActivityOut {
  return {
    id: id(4000 + number),
    user_id: ADMIN.id,
    username: ADMIN.username,
    action: 'role.granted',
    resource_type: 'account',
    resource_id: id(2),
    before: { roles: ['basic_user'] },
    after: { roles: ['basic_user', 'moderator'] },
    ip_address: '10.0.0.7',
    user_agent: null,
    created_at: '2026-11-20T10:00:00Z',
    ...change,
  }
}

/** What roles may do, as the studio tells it. */
export const PERMISSIONS = [
  { name: 'make', description: 'Queue own jobs.', roles: ['admin', 'moderator', 'basic_user'] },
  { name: 'review', description: 'Read everything.', roles: ['admin', 'moderator'] },
  { name: 'people', description: 'Make and suspend accounts.', roles: ['admin'] },
]

export const page = <T>(items: T[], next_cursor: string | null = null) => ({ items, next_cursor })
