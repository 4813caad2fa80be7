/** The roles of the studio, the most powerful first. */
export const ROLES = ['admin', 'moderator', 'premium_user', 'basic_user', 'guest'] as const
export type Role = (typeof ROLES)[number]
