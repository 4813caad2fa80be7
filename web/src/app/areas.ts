import { IconBooks, IconBrush, type Icon } from '@tabler/icons-react'
import type { KeyAction } from '@/keys/keymap'

/**
 * The areas of the studio, in the order of the rail. A new one is a row here and a route in
 * `router.tsx`; rail, bottom bar, palette and keys read this table.
 */
export interface Area {
  id: string
  label: string
  to: '/workspace' | '/library'
  icon: Icon
  key: KeyAction
  /** What the palette also finds it by. */
  words: string
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
]
