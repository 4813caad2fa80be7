/** What went wrong on the way through a provider, by the code that the studio puts in the address. */
const SENTENCES: Record<string, string> = {
  provider_unreachable:
    'The provider does not answer just now. Try again shortly, or sign in another way.',
  provider_refused: 'The provider did not let you in. Try again.',
  sign_in_expired: 'That took too long, or began in another browser. Try again.',
  token_invalid:
    'What the provider sent cannot be trusted, so you are not signed in. Tell an admin of the studio.',
  account_unknown:
    'Nobody here is known by that identity. Ask an admin of the studio for an account.',
  account_suspended: 'This account is suspended. Ask an admin of the studio.',
  not_in_group: 'You are in none of the groups that may sign in here. Ask an admin of the studio.',
  identity_taken:
    'That identity belongs to another account of this studio. Remove it there first, or sign in with it.',
  too_many_requests: 'Too many tries to sign in. Wait a minute and try again.',
}

/** A sentence for a code, also for one that is not known here. */
export function problemSentence(code: string): string {
  return SENTENCES[code] ?? 'Signing in did not work. Try again, or sign in another way.'
}
