import type { JobTypeOut } from '@/api'
import type { Draft, DraftLora } from './draft'

export const MAX_LORAS = 8

/** The family of the model that a draft is made with; empty where nobody knows. */
export function familyOf(draft: Draft, type: JobTypeOut | undefined): string {
  const engine = type?.engines.find(({ id }) => id === type.engine?.id)
  return type?.limits?.model_families[draft.model || (engine?.model ?? '')] ?? ''
}

/** Families whose models take the same LoRAs. */
const SHARED = [['wan2.1-14b', 'wan2.2-14b']]

/** Whether a LoRA for one family works with a model of another; what is not known may. */
export function fits(lora: string, model: string): boolean {
  if (!lora || !model || lora === model) return true
  return SHARED.some((families) => families.includes(lora) && families.includes(model))
}

/** A prompt with a word at its end, unless it is in it already. */
export function withWord(prompt: string, word: string): string {
  if (prompt.toLowerCase().includes(word.toLowerCase())) return prompt
  const before = prompt.replace(/[\s,]+$/, '')
  return before ? `${before}, ${word}` : word
}

/** LoRAs as they were kept; whatever is not of the right form is left out. */
export function readLoras(kept: unknown): DraftLora[] {
  if (!Array.isArray(kept)) return []
  return kept.flatMap((each: unknown) => {
    const { name, weight, family, triggers } = (each ?? {}) as Record<string, unknown>
    if (typeof name !== 'string' || typeof weight !== 'number') return []
    const words = Array.isArray(triggers)
      ? triggers.filter((word): word is string => typeof word === 'string')
      : []
    return [{ name, weight, family: typeof family === 'string' ? family : '', triggers: words }]
  })
}
