/** Which pictures are chosen, and where a range begins. */
export interface Selection {
  ids: ReadonlySet<string>
  /** The picture that was chosen last; a range is counted from it. */
  anchor: string | null
}

export const NOTHING: Selection = { ids: new Set(), anchor: null }

export function toggle(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids)
  if (!ids.delete(id)) ids.add(id)
  return { ids, anchor: id }
}

/** Adds everything from the anchor to a picture, both included, in the order of the grid. */
export function extend(selection: Selection, id: string, order: readonly string[]): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor)
  const to = order.indexOf(id)
  if (from < 0 || to < 0) return toggle(selection, id)
  const between = order.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { ids: new Set([...selection.ids, ...between]), anchor: selection.anchor }
}

export function selectAll(order: readonly string[]): Selection {
  return { ids: new Set(order), anchor: order[0] ?? null }
}

/** The chosen ones that are still there; pictures leave by deletion or by another filter. */
export function chosenOf<T extends { id: string }>(selection: Selection, items: readonly T[]): T[] {
  return selection.ids.size === 0 ? [] : items.filter((item) => selection.ids.has(item.id))
}
