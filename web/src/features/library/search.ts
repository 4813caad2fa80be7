export type MediaType = 'image' | 'video'

/** What stands in the address of the library behind the `?`. */
export interface LibrarySearch {
  q?: string
  favourites?: true
  /** Pictures or clips alone. */
  type?: MediaType
  /** The picture that is open in the viewer. */
  view?: string
}

export function checkLibrarySearch(raw: Record<string, unknown>): LibrarySearch {
  const search: LibrarySearch = {}
  // An address such as `?q=2026` is read as a number.
  if (typeof raw.q === 'string' || typeof raw.q === 'number') search.q = String(raw.q).slice(0, 200)
  if (!search.q) delete search.q
  if (raw.favourites === true || raw.favourites === 1) search.favourites = true
  if (raw.type === 'image' || raw.type === 'video') search.type = raw.type
  if (typeof raw.view === 'string' && raw.view) search.view = raw.view
  return search
}
