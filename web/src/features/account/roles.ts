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
