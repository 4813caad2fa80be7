import type { Point } from '@/features/lightbox/view'

export type Tool = 'brush' | 'eraser' | 'box' | 'hand'

/** What a person did to the mask, in pixels of the picture. */
export type Mark =
  | { kind: 'line'; erase: boolean; size: number; points: readonly Point[] }
  | { kind: 'box'; from: Point; to: Point }
  | { kind: 'invert' }
  | { kind: 'clear' }

export type Line = Extract<Mark, { kind: 'line' }>

/** The marks that count, in order, and those that were taken back. */
export interface Marks {
  done: readonly Mark[]
  undone: readonly Mark[]
}

export const NO_MARKS: Marks = { done: [], undone: [] }

export const add = (marks: Marks, mark: Mark): Marks => ({
  done: [...marks.done, mark],
  undone: [],
})

export function undo(marks: Marks): Marks {
  const last = marks.done.at(-1)
  return last ? { done: marks.done.slice(0, -1), undone: [...marks.undone, last] } : marks
}

export function redo(marks: Marks): Marks {
  const next = marks.undone.at(-1)
  return next ? { done: [...marks.done, next], undone: marks.undone.slice(0, -1) } : marks
}

export const SMALLEST_BRUSH = 4
const BRUSH_STEP = 1.25

/** The widest brush for a picture: half of its longer side. */
export const widestBrush = (picture: { width: number; height: number }): number =>
  Math.round(Math.max(picture.width, picture.height) / 2)

/** A brush that a picture is begun with. */
export const usualBrush = (picture: { width: number; height: number }): number =>
  Math.max(SMALLEST_BRUSH, Math.round(Math.max(picture.width, picture.height) / 12))

/** One step narrower or wider. */
export function resized(brush: number, by: 1 | -1, widest: number): number {
  const next = Math.round(brush * BRUSH_STEP ** by)
  const moved = next === brush ? brush + by : next
  return Math.min(Math.max(moved, SMALLEST_BRUSH), widest)
}
