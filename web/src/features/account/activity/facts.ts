/** Reads the facts of an entry of the trail; what is missing or of another kind is empty. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '')
export const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : [])
export const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** ` “fox”` for a name, and nothing without one. */
export const quoted = (value: unknown): string => (text(value) ? ` “${text(value)}”` : '')
