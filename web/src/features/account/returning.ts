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

export interface SignInSearch {
  /** Where to go afterwards. */
  next?: string
  /** What went wrong at a provider, as a code. */
  problem?: string
  /** The provider let somebody in, and the studio asks for the code of their account. */
  step?: 'code'
}

export function checkSignInSearch(raw: Record<string, unknown>): SignInSearch {
  return {
    ...(typeof raw.next === 'string' ? { next: raw.next } : {}),
    ...(typeof raw.problem === 'string' ? { problem: raw.problem } : {}),
    ...(raw.step === 'code' ? { step: raw.step } : {}),
  }
}

/** The studio's address that sends the browser to a provider, and back to where one was. */
export function providerStart(id: string, next: string | undefined): string {
  return `/api/auth/oidc/${encodeURIComponent(id)}/start?next=${encodeURIComponent(safeReturn(next))}`
}
