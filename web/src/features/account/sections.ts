import {
  IconAdjustments,
  IconBrush,
  IconCoins,
  IconDownload,
  IconHistory,
  IconKey,
  IconShieldLock,
  IconUserCircle,
  type Icon,
} from '@tabler/icons-react'
import type { MeOut } from '@/api'

/**
 * The sections of the account, in the order of their list. A new one is a row here and a route in
 * `router.tsx`; the list, the palette and the page's title read this table.
 */
export interface Section {
  id: string
  label: string
  to:
    | '/account'
    | '/account/credits'
    | '/account/sign-in'
    | '/account/keys'
    | '/account/activity'
    | '/account/data'
    | '/account/appearance'
    | '/account/engines'
  icon: Icon
  /** What the palette also finds it by. */
  words: string
  /** Not for the account that all guests share. */
  personal?: true
}

export const SECTIONS: readonly Section[] = [
  {
    id: 'overview',
    label: 'Overview',
    to: '/account',
    icon: IconUserCircle,
    words: 'account profile settings role plan quota limits storage',
  },
  {
    id: 'credits',
    label: 'Credits and usage',
    to: '/account/credits',
    icon: IconCoins,
    words: 'account balance ledger price spent held',
    personal: true,
  },
  {
    id: 'sign-in',
    label: 'Signing in',
    to: '/account/sign-in',
    icon: IconShieldLock,
    words: 'account security password two-factor 2fa authenticator recovery codes sessions devices',
    personal: true,
  },
  {
    id: 'keys',
    label: 'API keys',
    to: '/account/keys',
    icon: IconKey,
    words: 'account token programs scripts',
    personal: true,
  },
  {
    id: 'activity',
    label: 'Account activity',
    to: '/account/activity',
    icon: IconHistory,
    words: 'trail audit log history',
    personal: true,
  },
  {
    id: 'data',
    label: 'Your data',
    to: '/account/data',
    icon: IconDownload,
    words: 'account export download delete remove leave',
    personal: true,
  },
  {
    id: 'appearance',
    label: 'Appearance',
    to: '/account/appearance',
    icon: IconBrush,
    words: 'settings theme dark light size',
  },
  {
    id: 'engines',
    label: 'Engines',
    to: '/account/engines',
    icon: IconAdjustments,
    words: 'settings models job types prices about studio',
  },
]

/** The sections that an account has; all of them before it is known whose it is. */
export function sectionsOf(account: MeOut | undefined): readonly Section[] {
  return account?.shared ? SECTIONS.filter((section) => !section.personal) : SECTIONS
}

/** The section at a path; null at another place of the studio. */
export function sectionAt(path: string): Section | null {
  const plain = path.replace(/\/+$/, '')
  return SECTIONS.find((section) => section.to === plain) ?? null
}
