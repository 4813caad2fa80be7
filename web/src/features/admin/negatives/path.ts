import type { NegativePromptOut } from '@/api'

/** The address of a negative prompt, by which its deletion is known. */
export const pathOf = (item: NegativePromptOut): string => `/api/prompts/negatives/${item.id}`
