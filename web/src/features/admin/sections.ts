import {
  IconAdjustmentsAlt,
  IconCoins,
  IconCpu,
  IconHistory,
  IconLockAccess,
  IconMinus,
  IconScale,
  IconServer2,
  IconTemplate,
  IconUsers,
  type Icon,
} from '@tabler/icons-react'

/** The admin pages, in the order of their list; a new one is a row here and a route. */
export interface AdminSection {
  id: string
  label: string
  to:
    | '/admin'
    | '/admin/engines'
    | '/admin/people'
    | '/admin/access'
    | '/admin/templates'
    | '/admin/negatives'
    | '/admin/presets'
    | '/admin/weights'
    | '/admin/ledger'
    | '/admin/activity'
  icon: Icon
  /** What the palette also finds it by. */
  words: string
}

export const SECTIONS: readonly AdminSection[] = [
  {
    id: 'studio',
    label: 'Studio',
    to: '/admin',
    icon: IconServer2,
    words: 'health engines models configurations prompt cache overview',
  },
  {
    id: 'engines',
    label: 'Engines',
    to: '/admin/engines',
    icon: IconCpu,
    words: 'workers memory servers connect comfyui a1111 openai ollama models defaults',
  },
  {
    id: 'people',
    label: 'People',
    to: '/admin/people',
    icon: IconUsers,
    words: 'accounts users roles suspend invite credits plan',
  },
  {
    id: 'access',
    label: 'Access',
    to: '/admin/access',
    icon: IconLockAccess,
    words: 'permissions roles tables matrix rights',
  },
  {
    id: 'templates',
    label: 'Templates',
    to: '/admin/templates',
    icon: IconTemplate,
    words: 'prompt rewriting enhancement versions publish simulator coverage import export',
  },
  {
    id: 'negatives',
    label: 'Negatives',
    to: '/admin/negatives',
    icon: IconMinus,
    words: 'negative prompts leave out order',
  },
  {
    id: 'presets',
    label: 'Presets',
    to: '/admin/presets',
    icon: IconAdjustmentsAlt,
    words: 'enhancement rewriting recommended composer',
  },
  {
    id: 'weights',
    label: 'Weights',
    to: '/admin/weights',
    icon: IconScale,
    words: 'weight sets compel terms',
  },
  {
    id: 'ledger',
    label: 'Ledger',
    to: '/admin/ledger',
    icon: IconCoins,
    words: 'credits grants payments balance export csv',
  },
  {
    id: 'activity',
    label: 'Activity',
    to: '/admin/activity',
    icon: IconHistory,
    words: 'trail audit log chain verify export csv',
  },
]
