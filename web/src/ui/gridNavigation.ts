/** Moving the focus between the cards of a grid by where they stand, whatever the grid's layout is. */

export type Direction = 'left' | 'right' | 'up' | 'down'

interface Box {
  left: number
  top: number
  width: number
  height: number
}

const CARD = '[data-asset-id]'

/** The index of the box that is next in a direction, or null at the edge. */
export function nextBox(boxes: readonly Box[], from: number, direction: Direction): number | null {
  const start = boxes[from]
  if (!start) return null
  if (direction === 'left' || direction === 'right') {
    const next = from + (direction === 'right' ? 1 : -1)
    return next >= 0 && next < boxes.length ? next : null
  }
  const centre = start.left + start.width / 2
  const sign = direction === 'down' ? 1 : -1
  let best: { index: number; row: number; distance: number } | null = null
  for (const [index, box] of boxes.entries()) {
    const row = sign * (box.top - start.top)
    if (row <= Math.min(start.height, box.height) / 2) continue
    const distance = Math.abs(box.left + box.width / 2 - centre)
    const sameRow = best !== null && Math.abs(row - best.row) < start.height / 2
    if (best === null || (sameRow ? distance < best.distance : row < best.row)) {
      best = { index, row, distance }
    }
  }
  return best?.index ?? null
}

/** The id of the card that has the focus, or around it. */
export function focusedAssetId(): string | null {
  return document.activeElement?.closest<HTMLElement>(CARD)?.dataset.assetId ?? null
}

/** Moves the focus; the first card gets it when no card has it. Returns whether it moved. */
export function moveFocus(grid: HTMLElement | null, direction: Direction): boolean {
  if (!grid) return false
  const cards = [...grid.querySelectorAll<HTMLElement>(CARD)]
  const at = cards.findIndex((card) => card.dataset.assetId === focusedAssetId())
  const next =
    at < 0
      ? 0
      : nextBox(
          cards.map((card) => card.getBoundingClientRect()),
          at,
          direction,
        )
  const card = next === null ? undefined : cards[next]
  if (!card) return false
  card.focus({ preventScroll: true })
  card.scrollIntoView({ block: 'nearest' })
  return true
}
