import type { MeOut } from '@/api'

export interface RoleWords {
  name: string
  /** What somebody with this role may do. */
  may: string
}

const MAKES = 'Makes, keeps and deletes pictures of their own.'

const ROLES: Record<string, RoleWords | undefined> = {
  admin: {
    name: 'Admin',
    may: 'Looks after the studio: people and their roles, credits, models, templates and everybody’s activity.',
  },
  moderator: { name: 'Moderator', may: 'Reviews what others make, and makes pictures.' },
  premium_user: { name: 'Premium member', may: MAKES },
  basic_user: { name: 'Member', may: MAKES },
  guest: { name: 'Guest', may: 'Looks around; making and keeping need an account.' },
}

/** A role in words; one that this page does not know keeps its name. */
export const roleWords = (role: string): RoleWords =>
  ROLES[role] ?? { name: role.replaceAll('_', ' '), may: '' }

/** A plan's name; `inactive` is an account without one. */
export const planName = (plan: string): string =>
  plan === 'inactive'
    ? 'Standard'
    : plan.charAt(0).toUpperCase() + plan.slice(1).replaceAll('_', ' ')

/** A role's name within a sentence. */
export const roleName = (role: string): string => roleWords(role).name.toLowerCase()

/** Whether the admin pages are for this account; the studio asks the same of every request. */
export const isAdmin = (account: Pick<MeOut, 'roles'>): boolean => account.roles.includes('admin')
