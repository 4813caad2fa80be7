import type {
  ActivityOut,
  MeOut,
  NegativePromptOut,
  PersonOut,
  PresetOut,
  StudioEntryOut,
  TemplateDetailOut,
  VersionOut,
  WeightSetOut,
} from '@/api'

const id = (number: number): string => `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`

export const ADMIN: MeOut = {
  id: id(1),
  username: 'ada',
  display_name: 'ada',
  roles: ['admin'],
  has_password: true,
  two_factor: false,
  created_at: '2026-11-01T10:00:00Z',
  shared: false,
}

export function person(number: number, change: Partial<PersonOut> = {}): PersonOut {
  return {
    id: id(number),
    username: `person${number}`,
    roles: ['basic_user'],
    created_at: '2026-11-01T10:00:00Z',
    suspended_at: null,
    suspended_reason: null,
    last_seen_at: '2026-11-20T10:00:00Z',
    sessions: 1,
    api_keys: 0,
    balance: 100,
    plan: null,
    age_verified: false,
    two_factor: false,
    ...change,
  }
}

export function ledgerEntry(number: number, change: Partial<StudioEntryOut> = {}): StudioEntryOut {
  return {
    id: id(3000 + number),
    kind: 'grant',
    account: { id: id(2), username: 'bo' },
    part: 'available',
    amount: 20,
    balance_after: 120,
    job_id: null,
    reason: 'workshop',
    by: { id: ADMIN.id, username: ADMIN.username },
    created_at: '2026-11-20T10:00:00Z',
    ...change,
  }
}

export function trailEntry(number: number, change: Partial<ActivityOut> = {}): ActivityOut {
  return {
    id: id(4000 + number),
    user_id: ADMIN.id,
    username: ADMIN.username,
    action: 'role.granted',
    resource_type: 'account',
    resource_id: id(2),
    before: { roles: ['basic_user'] },
    after: { roles: ['basic_user', 'moderator'] },
    ip_address: '10.0.0.7',
    user_agent: null,
    created_at: '2026-11-20T10:00:00Z',
    ...change,
  }
}

/** What roles may do, as the studio tells it. */
export const PERMISSIONS = [
  { name: 'make', description: 'Queue own jobs.', roles: ['admin', 'moderator', 'basic_user'] },
  { name: 'review', description: 'Read everything.', roles: ['admin', 'moderator'] },
  { name: 'people', description: 'Make and suspend accounts.', roles: ['admin'] },
]

export const page = <T>(items: T[], next_cursor: string | null = null) => ({ items, next_cursor })

export function template(
  number: number,
  change: Partial<TemplateDetailOut> = {},
): TemplateDetailOut {
  return {
    id: id(5000 + number),
    template_name: `template ${number}`,
    enhancer_model: 'qwen_instruct',
    target_model: 'sdxl',
    job_type: 'image',
    use_case: 'enhancement',
    content_mode: 'sfw',
    system_prompt: 'Make it rich.',
    token_limit: 60,
    version: 1,
    is_active: true,
    description: null,
    comment: null,
    metadata: null,
    created_by: null,
    created_at: '2026-11-20T10:00:00Z',
    updated_at: '2026-11-20T10:00:00Z',
    latest_version: 1,
    labels: [],
    ...change,
  }
}

export function version(number: number, change: Partial<VersionOut> = {}): VersionOut {
  return {
    number,
    system_prompt: 'Make it rich.',
    token_limit: 60,
    description: null,
    comment: null,
    message: `change ${number}`,
    author: 'ada',
    created_at: '2026-11-20T10:00:00Z',
    published_at: null,
    in_use: false,
    labels: [],
    ...change,
  }
}

export function negative(number: number, change: Partial<NegativePromptOut> = {}) {
  return {
    id: id(6000 + number),
    model_type: 'sdxl',
    content_mode: 'sfw',
    negative_prompt: `fault ${number}`,
    description: null,
    is_active: true,
    priority: 100 - number,
    tokens: 4,
    fits: true,
    created_at: '2026-11-20T10:00:00Z',
    updated_at: null,
    ...change,
  } satisfies NegativePromptOut
}

export function preset(number: number, change: Partial<PresetOut> = {}): PresetOut {
  return {
    id: id(7000 + number),
    preset_name: `preset ${number}`,
    preset_description: null,
    enable_qwen: true,
    enable_compel: false,
    auto_enhancement: false,
    compel_weights: null,
    qwen_settings: null,
    is_recommended: false,
    usage_count: 0,
    avg_quality: null,
    created_at: '2026-11-20T10:00:00Z',
    ...change,
  }
}

export function weightSet(number: number, change: Partial<WeightSetOut> = {}): WeightSetOut {
  return {
    id: id(8000 + number),
    config_name: `set ${number}`,
    weights: { fox: 1.3 },
    config_hash: 'h',
    total_tests: 0,
    avg_quality: null,
    avg_consistency: null,
    is_active: false,
    created_at: '2026-11-20T10:00:00Z',
    ...change,
  }
}
