/** Rows of pictures of one height that fill the width, each picture in its own shape. */

export interface GridRow {
  /** First item, and the one after the last. */
  start: number
  end: number
  /** Pixels from the top of the grid. */
  top: number
  height: number
  /** Whole pixels; with the gaps they fill the width, save in the last row. */
  widths: readonly number[]
}

export interface GridShape {
  /** Pixels that a row may fill. */
  width: number
  /** The height that rows come near to. */
  rowHeight: number
  gap: number
}

export interface GridBox {
  left: number
  top: number
  width: number
  height: number
}

/** Shapes beyond these are cut to them in the grid: a sliver could not be seen or pressed. */
const NARROWEST = 0.4
const WIDEST = 4
/** A row that is not full may be this much higher than asked for before it takes another picture. */
const STRETCH = 1.4

/** Width divided by height, as the grid shows it. */
export function shownAspect(width: number, height: number): number {
  if (!(width > 0) || !(height > 0)) return 1
  return Math.min(Math.max(width / height, NARROWEST), WIDEST)
}

/**
 * Breaks pictures, given as width divided by height, into rows. Rows are made from the front one by
 * one, so that pictures which are added at the end change the last row only.
 */
export function justify(aspects: readonly number[], shape: GridShape): GridRow[] {
  const rows: GridRow[] = []
  if (shape.width <= 0) return rows
  let start = 0
  let top = 0
  while (start < aspects.length) {
    const { end, height } = nextRow(aspects, start, shape)
    rows.push({
      start,
      end,
      top,
      height,
      widths: widthsOf(aspects.slice(start, end), height, shape),
    })
    top += height + shape.gap
    start = end
  }
  return rows
}

function nextRow(
  aspects: readonly number[],
  start: number,
  shape: GridShape,
): { end: number; height: number } {
  let sum = 0
  let before: number | null = null
  for (let end = start + 1; end <= aspects.length; end += 1) {
    sum += aspects[end - 1] ?? 1
    const height = (shape.width - shape.gap * (end - start - 1)) / sum
    if (height <= shape.rowHeight) {
      const take = { end, height }
      if (before === null || before > shape.rowHeight * STRETCH) return take
      const nearer = before / shape.rowHeight < shape.rowHeight / height
      return nearer ? { end: end - 1, height: before } : take
    }
    before = height
  }
  // What is left does not fill a row: it keeps the height that was asked for, unless it nearly does.
  const nearly = before !== null && before <= shape.rowHeight * 1.1
  return { end: aspects.length, height: nearly && before ? before : shape.rowHeight }
}

/** Whole pixels without a crooked right edge: what rounding takes from one, the next gets. */
function widthsOf(aspects: readonly number[], height: number, shape: GridShape): number[] {
  const exact = aspects.map((aspect) => aspect * height)
  const widths: number[] = []
  let right = 0
  let placed = 0
  for (const width of exact) {
    right += width
    widths.push(Math.round(right) - placed)
    placed = Math.round(right)
  }
  const room = shape.width - shape.gap * (aspects.length - 1)
  const last = widths.length - 1
  // A single picture may be narrower than the row is wide, never wider.
  if (placed > room) widths[last] = Math.max((widths[last] ?? 0) - (placed - room), 1)
  return widths
}

/** Pixels from the top of the grid to its end. */
export function gridHeight(rows: readonly GridRow[]): number {
  const last = rows.at(-1)
  return last ? last.top + last.height : 0
}

/** The rows that touch a band of pixels, as first and one after last. */
export function rowsWithin(
  rows: readonly GridRow[],
  from: number,
  to: number,
): { first: number; end: number } {
  const first = search(rows, (row) => row.top + row.height >= from)
  const end = search(rows, (row) => row.top > to)
  return { first: Math.min(first, end), end }
}

/** The first row for which something is true; it must stay true for all that follow. */
function search(rows: readonly GridRow[], holds: (row: GridRow) => boolean): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    const row = rows[middle]
    if (row && !holds(row)) low = middle + 1
    else high = middle
  }
  return low
}

/** Where every picture stands. */
export function boxesOf(rows: readonly GridRow[], gap: number): GridBox[] {
  return rows.flatMap((row) => {
    let left = 0
    return row.widths.map((width) => {
      const box = { left, top: row.top, width, height: row.height }
      left += width + gap
      return box
    })
  })
}
