/** Ids with one of them put where another stands; the others keep their order. */
export function moveTo(ids: readonly string[], id: string, to: number): string[] {
  const rest = ids.filter((each) => each !== id)
  const place = Math.min(Math.max(to, 0), rest.length)
  return [...rest.slice(0, place), id, ...rest.slice(place)]
}
