/** What a prompt has that makes it stand for many, as the page recognises it; the studio reads it. */

const MANY = /(?<!\\)(?:\{|__[A-Za-z0-9][A-Za-z0-9_./-]*?__)/
const VARIABLE = /(?<!\\)\$\{([A-Za-z][A-Za-z0-9_]*)(=?)/g

/** Whether a prompt has `{a|b}`, `__list__` or `${name}`. */
export const isDynamic = (prompt: string): boolean => MANY.test(prompt)

export interface Variable {
  name: string
  /** Whether it has a value of its own, as in `${place=a forest}`. */
  hasDefault: boolean
}

/** The variables of a text, each once, in order. */
export function variablesIn(text: string): Variable[] {
  const found = new Map<string, Variable>()
  for (const [, name = '', equals] of text.matchAll(VARIABLE)) {
    const hasDefault = equals === '=' || (found.get(name)?.hasDefault ?? false)
    found.set(name, { name, hasDefault })
  }
  return [...found.values()]
}

/** Those that need a value before anything can be made. */
export const missingValues = (
  variables: readonly Variable[],
  values: Readonly<Record<string, string>>,
): Variable[] => variables.filter(({ name, hasDefault }) => !hasDefault && !values[name]?.trim())

/** The values that were given. */
export const givenValues = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value.trim() ? [[name, value.trim()]] : [])),
  )
