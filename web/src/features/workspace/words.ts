import type { TranslateOut } from '@/api'

/** A word of a prompt and how much it counts. */
export interface Word {
  text: string
  weight: number
}

/** Words from one place to another, both included. */
export interface Reach {
  from: number
  to: number
}

/** The words of a prompt that was read, in order; marks between them are none. */
export function wordsOf(clauses: TranslateOut['clauses']): Word[] {
  return clauses.flat().flatMap(({ text, weight }) => {
    const words = text.match(/[\p{L}\p{N}'’-]+/gu) ?? []
    return words.map((word) => ({ text: word, weight }))
  })
}

/** What is chosen after a press on a word: itself, or all words up to it, or nothing any more. */
export function reach(chosen: Reach | null, at: number): Reach | null {
  if (!chosen) return { from: at, to: at }
  if (chosen.from === at && chosen.to === at) return null
  if (chosen.from !== chosen.to) return { from: at, to: at }
  return { from: Math.min(chosen.from, at), to: Math.max(chosen.to, at) }
}

/** The chosen words as one term. */
export const chosenTerm = (words: readonly Word[], chosen: Reach | null): string =>
  chosen
    ? words
        .slice(chosen.from, chosen.to + 1)
        .map((word) => word.text)
        .join(' ')
    : ''

/** Whether a text is written with compel's weights: `(fox)1.3`, `fox++`, `("a", "b").blend(1, 1)`. */
export const looksLikeCompel = (text: string): boolean =>
  /\)\s*(?:\d+\.\d|\++|-+(?!\w))|[\p{L}\p{N}](?:\+{1,}|-{2,})(?=[\s,.)]|$)|\)\.(?:and|blend)\(/u.test(
    text,
  )
