import { IconAdjustmentsHorizontal, IconBooks, IconBrush, type Icon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { MeOut } from '@/api'
import { me } from '@/features/account/queries'
import { isAdmin } from '@/features/account/roles'
import type { KeyAction } from '@/keys/keymap'

/**
 * The areas of the studio, in the order of the rail. A new one is a row here and a route in
 * `router.tsx`; rail, bottom bar, palette and keys read this table.
 */
export interface Area {
  id: string
  label: string
  to: '/workspace' | '/library' | '/admin'
  icon: Icon
  key: KeyAction
  /** What the palette also finds it by. */
  words: string
  /** Whose area it is, where it is not everybody's. */
  isFor?: (account: MeOut) => boolean
}

export const AREAS: readonly Area[] = [
  {
    id: 'workspace',
    label: 'Workspace',
    to: '/workspace',
    icon: IconBrush,
    key: 'go.workspace',
    words: 'make generate prompt pictures home',
  },
  {
    id: 'library',
    label: 'Library',
    to: '/library',
    icon: IconBooks,
    key: 'go.library',
    words: 'kept saved pictures favourites search',
  },
  {
    id: 'admin',
    label: 'Admin',
    to: '/admin',
    icon: IconAdjustmentsHorizontal,
    key: 'go.admin',
    words: 'manage studio people permissions engines',
    isFor: isAdmin,
  },
]

/** The areas of who is signed in; the account is known before the frame is drawn. */
export function useAreas(): readonly Area[] {
  const { data: account } = useQuery(me)
  return AREAS.filter((area) => !area.isFor || (account && area.isFor(account)))
}
