/** The token of a sign-in link, from the part of the address behind `#`, or null. */
export function linkToken(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token')
}

/** Where to go after signing in: a place of this page only, never another site. */
export function safeReturn(next: string | undefined): string {
  if (!next?.startsWith('/') || /^\/[/\\]/.test(next) || next.startsWith('/sign-in'))
    return '/workspace'
  return next
}
