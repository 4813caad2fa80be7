/** The five names by which a template is found, and how a page says them. */

export const USE_CASES = [
  'enhancement',
  'chat_general',
  'chat_creative',
  'chat_admin',
  'chat_sdxl_conversion',
  'roleplay',
  'character_roleplay',
  'scene_generation',
  'scene_narrative_generation',
] as const
export const TARGETS = ['sdxl', 'wan'] as const
export const MADE = ['image', 'video', 'chat'] as const
export const ENHANCERS = ['qwen_instruct', 'qwen_base'] as const
export const MODES = ['sfw', 'nsfw', 'admin'] as const

export type UseCase = (typeof USE_CASES)[number]
export type Target = (typeof TARGETS)[number]
export type Made = (typeof MADE)[number]
export type Enhancer = (typeof ENHANCERS)[number]
export type Mode = (typeof MODES)[number]

/** What a template is for; null for a target or type asks for those that are bound to none. */
export interface TemplateKey {
  use_case: string
  target_model: string | null
  job_type: string | null
  enhancer_model: string
  content_mode: string
}

const NAMES: Readonly<Record<string, string>> = {
  enhancement: 'Rewriting a prompt',
  chat_general: 'Conversation',
  chat_creative: 'Conversation, creative',
  chat_admin: 'Conversation with an admin',
  chat_sdxl_conversion: 'Conversation to a prompt',
  roleplay: 'Roleplay',
  character_roleplay: 'Roleplay as a character',
  scene_generation: 'Picture of a scene',
  scene_narrative_generation: 'Narration of a scene',
  sdxl: 'SDXL',
  wan: 'WAN',
  image: 'pictures',
  video: 'clips',
  chat: 'conversation',
  qwen_instruct: 'Qwen instruct',
  qwen_base: 'Qwen base',
  sfw: 'general',
  nsfw: 'adult',
  admin: 'admin',
}

/** A name of a key for people; one that this page does not know stays readable. */
export const nameOf = (name: string): string => NAMES[name] ?? name.replaceAll('_', ' ')

/** `SDXL pictures`, `conversation`, or `any target`. */
export function targetName({ target_model, job_type }: TemplateKey): string {
  const parts = [target_model, job_type].filter((part) => part !== null).map(nameOf)
  return parts.join(' ') || 'any target'
}

/** `Rewriting a prompt · SDXL pictures · Qwen instruct · general`. */
export const keyName = (key: TemplateKey): string =>
  [
    nameOf(key.use_case),
    targetName(key),
    nameOf(key.enhancer_model),
    nameOf(key.content_mode),
  ].join(' · ')

/** Rows for a select, the names sorted as the studio has them. */
export const optionsOf = (names: readonly string[], any?: string) => [
  ...(any === undefined ? [] : [{ value: '', label: any }]),
  ...names.map((name) => ({ value: name, label: capital(nameOf(name)) })),
]

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
