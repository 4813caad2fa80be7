/** A term of a prompt and how much it counts. */
export interface TermWeight {
  term: string
  weight: number
}

export const LEAST_WEIGHT = 0.1
export const MOST_WEIGHT = 2
export const WEIGHT_STEP = 0.05
/** How many terms the studio weighs at once. */
export const MAX_TERMS = 6

export const termsOf = (weights: Readonly<Record<string, number>> | null): TermWeight[] =>
  Object.entries(weights ?? {}).map(([term, weight]) => ({ term, weight }))

/** The terms as the studio takes them; those without a word are left out. */
export const weightsOf = (terms: readonly TermWeight[]): Record<string, number> =>
  Object.fromEntries(
    terms.flatMap(({ term, weight }) => (term.trim() ? [[term.trim(), weight]] : [])),
  )

/** What a weight does, in words. */
export function weightWords(weight: number): string {
  if (weight < 0.5) return `×${weight}, hardly there`
  if (weight < 1) return `×${weight}, less`
  if (weight === 1) return '×1, as usual'
  if (weight <= 1.4) return `×${weight}, more`
  return `×${weight}, much more`
}
