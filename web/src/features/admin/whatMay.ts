import type { PermissionOut } from '@/api'

/** What a role may do, in the studio's own sentences. */
export function whatMay(role: string, permissions: readonly PermissionOut[]): string {
  const given = permissions.filter((permission) => permission.roles.includes(role))
  if (given.length === 0) return 'Looks at what is public; makes and keeps nothing.'
  if (given.length === permissions.length) return 'Everything.'
  return given.map((permission) => permission.description).join(' ')
}
