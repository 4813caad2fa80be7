type Query = Readonly<Record<string, string | null | undefined>>

/** The address of a file with all rows that fit the filters of a list. */
export function csvAddress(name: 'ledger' | 'activity', query: Query): string {
  const filters = Object.entries(query).flatMap(([key, value]) => (value ? [[key, value]] : []))
  const search = new URLSearchParams(filters).toString()
  return `/api/${name}.csv${search ? `?${search}` : ''}`
}
