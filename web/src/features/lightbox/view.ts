/** Zoom and pan of a picture in the stage. Points and offsets count from the middle of the stage. */

export interface Size {
  width: number
  height: number
}

export interface Point {
  x: number
  y: number
}

export interface View {
  /** Page pixels for one pixel of the picture. */
  zoom: number
  /** Where the picture's middle is. */
  x: number
  y: number
}

/** Small pictures fill the stage too, but no more than doubled. */
const ENLARGED = 2
/** The closest look: so many page pixels for one of the picture. */
const CLOSEST = 8

export function fitZoom(stage: Size, picture: Size): number {
  if (!picture.width || !picture.height) return 1
  return Math.min(stage.width / picture.width, stage.height / picture.height, ENLARGED)
}

export function fitted(stage: Size, picture: Size): View {
  return { zoom: fitZoom(stage, picture), x: 0, y: 0 }
}

export function isFitted(view: View, stage: Size, picture: Size): boolean {
  return view.zoom <= fitZoom(stage, picture) * 1.001
}

/** Keeps the zoom in its limits and the picture's edges from leaving the stage's. */
export function clampView(view: View, stage: Size, picture: Size): View {
  const fit = fitZoom(stage, picture)
  const zoom = Math.min(Math.max(view.zoom, fit), Math.max(CLOSEST, fit))
  const within = (offset: number, shown: number, room: number) => {
    const slack = Math.max((shown - room) / 2, 0)
    return slack === 0 ? 0 : Math.min(Math.max(offset, -slack), slack)
  }
  return {
    zoom,
    x: within(view.x, picture.width * zoom, stage.width),
    y: within(view.y, picture.height * zoom, stage.height),
  }
}

/** Changes the zoom so that what is under a point stays under it. */
export function zoomAbout(
  view: View,
  zoom: number,
  point: Point,
  stage: Size,
  picture: Size,
): View {
  const limits = clampView({ ...view, zoom }, stage, picture)
  const ratio = limits.zoom / view.zoom
  const moved = {
    zoom: limits.zoom,
    x: point.x - (point.x - view.x) * ratio,
    y: point.y - (point.y - view.y) * ratio,
  }
  return clampView(moved, stage, picture)
}

export function panBy(view: View, by: Point, stage: Size, picture: Size): View {
  return clampView({ ...view, x: view.x + by.x, y: view.y + by.y }, stage, picture)
}

/** Between the whole picture and its own pixels; twice the size where these are nearly the same. */
export function toggleZoom(view: View, point: Point, stage: Size, picture: Size): View {
  if (!isFitted(view, stage, picture)) return fitted(stage, picture)
  const fit = fitZoom(stage, picture)
  return zoomAbout(view, fit < 0.8 ? 1 : fit * 2, point, stage, picture)
}

/** The view after two fingers went from one pair of points to another. */
export function pinch(
  start: View,
  from: readonly [Point, Point],
  to: readonly [Point, Point],
  stage: Size,
  picture: Size,
): View {
  const before = middle(from)
  const after = middle(to)
  const factor = distance(to) / Math.max(distance(from), 1)
  const zoomed = zoomAbout(start, start.zoom * factor, before, stage, picture)
  return panBy(zoomed, { x: after.x - before.x, y: after.y - before.y }, stage, picture)
}

const middle = ([a, b]: readonly [Point, Point]): Point => ({
  x: (a.x + b.x) / 2,
  y: (a.y + b.y) / 2,
})
const distance = ([a, b]: readonly [Point, Point]): number => Math.hypot(a.x - b.x, a.y - b.y)

/** How much a turn of the wheel changes the zoom; trackpads report many small turns. */
export function wheelFactor(event: {
  deltaY: number
  deltaMode: number
  ctrlKey: boolean
}): number {
  const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1)
  const speed = event.ctrlKey ? 0.01 : 0.0018
  return Math.exp(-Math.min(Math.max(pixels, -240), 240) * speed)
}
