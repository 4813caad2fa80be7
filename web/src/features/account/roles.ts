import type { MeOut } from '@/api'

/** Whether the admin pages are for this account; the studio asks the same of every request. */
export const isAdmin = (account: Pick<MeOut, 'roles'>): boolean => account.roles.includes('admin')

const NAMES: Record<string, string> = {
  admin: 'admin',
  moderator: 'moderator',
  premium_user: 'premium member',
  basic_user: 'member',
  guest: 'guest',
}

/** The role in a person's words. */
export const roleName = (role: string): string => NAMES[role] ?? role.replaceAll('_', ' ')
