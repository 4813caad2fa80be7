/** A value that differs before and after; null stands where there was, or is, nothing. */
export interface Change {
  name: string
  before: string | null
  after: string | null
}

type Values = Record<string, unknown> | null

/**
 * What an entry of the trail changed, by name: what was there before only, what is there after
 * only, and what is another value. What stayed is left out.
 */
export function changesOf(before: Values, after: Values): Change[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  return [...names]
    .map((name) => ({ name, before: written(before, name), after: written(after, name) }))
    .filter((change) => change.before !== change.after)
}

function written(values: Values, name: string): string | null {
  const value = values?.[name] ?? null
  if (value === null) return null
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) {
    return value.join(', ')
  }
  return JSON.stringify(value, null, 1)
}
