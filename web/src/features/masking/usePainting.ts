import { useRef, useState, type PointerEvent, type RefObject } from 'react'
import { panBy, pinch, type Point, type Size, type View } from '@/features/lightbox/view'
import type { Line, Mark, Tool } from './marks'

interface PaintingParts {
  stage: RefObject<HTMLElement | null>
  size: Size
  picture: Size
  view: View
  tool: Tool
  brush: number
  onView: (view: View) => void
  /** The newest part of a line that is not finished yet. */
  onFollow: (line: Line, from: Point, to: Point) => void
  onMark: (mark: Mark) => void
  /** A line was begun by a finger and given up for a second one. */
  onGiveUp: () => void
}

interface Held {
  pointers: Map<number, Point>
  from: Map<number, Point>
  view: View
  kind: 'line' | 'box' | 'pan' | 'pinch'
  erase: boolean
  points: Point[]
}

const MIDDLE_BUTTON = 1
const PEN_ERASER = 5

/** Painting by mouse, pen and finger; two fingers, the middle button and the hand move the picture. */
export function usePainting(parts: PaintingParts) {
  const held = useRef<Held | null>(null)
  const [box, setBox] = useState<{ from: Point; to: Point } | null>(null)
  const [hover, setHover] = useState<Point | null>(null)

  /** From the middle of the stage. */
  const placeOf = (event: PointerEvent): Point => {
    const bounds = parts.stage.current?.getBoundingClientRect()
    return {
      x: event.clientX - (bounds ? bounds.left + bounds.width / 2 : 0),
      y: event.clientY - (bounds ? bounds.top + bounds.height / 2 : 0),
    }
  }
  const inPicture = ({ x, y }: Point): Point => ({
    x: (x - parts.view.x) / parts.view.zoom + parts.picture.width / 2,
    y: (y - parts.view.y) / parts.view.zoom + parts.picture.height / 2,
  })
  const line = (points: readonly Point[], erase: boolean): Line => ({
    kind: 'line',
    erase,
    size: parts.brush,
    points,
  })

  const onPointerDown = (event: PointerEvent) => {
    const moves = event.button === MIDDLE_BUTTON || parts.tool === 'hand'
    const erases = event.button === PEN_ERASER || parts.tool === 'eraser'
    if (event.button !== 0 && !moves && !erases) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const place = placeOf(event)
    const pointers = new Map(held.current?.pointers).set(event.pointerId, place)
    const second = pointers.size > 1
    if (second && held.current?.kind === 'line') parts.onGiveUp()
    if (second) setBox(null)
    const kind = second ? 'pinch' : moves ? 'pan' : parts.tool === 'box' ? 'box' : 'line'
    const at = inPicture(place)
    held.current = {
      pointers,
      from: new Map(pointers),
      view: parts.view,
      kind,
      erase: erases,
      points: [at],
    }
    if (kind === 'line') parts.onFollow(line([at], erases), at, at)
    if (kind === 'box') setBox({ from: at, to: at })
  }

  const onPointerMove = (event: PointerEvent) => {
    const place = placeOf(event)
    setHover(event.pointerType === 'touch' ? null : place)
    const now = held.current
    const from = now?.from.get(event.pointerId)
    if (!now || !from) return
    now.pointers.set(event.pointerId, place)
    const at = inPicture(place)
    const before = now.points.at(-1) ?? at
    if (now.kind === 'line') {
      parts.onFollow(line([at], now.erase), before, at)
      now.points.push(at)
    } else if (now.kind === 'box') {
      setBox({ from: now.points[0] ?? at, to: at })
    } else if (now.kind === 'pan') {
      const by = { x: place.x - from.x, y: place.y - from.y }
      parts.onView(panBy(now.view, by, parts.size, parts.picture))
    } else {
      const [a, b] = [...now.from.keys()]
      const pair = (points: Map<number, Point>): readonly [Point, Point] => [
        points.get(a ?? -1) ?? place,
        points.get(b ?? -1) ?? place,
      ]
      const fingers = pinch(now.view, pair(now.from), pair(now.pointers), parts.size, parts.picture)
      parts.onView(fingers)
    }
  }

  const onPointerUp = (event: PointerEvent) => {
    const now = held.current
    if (!now?.pointers.has(event.pointerId)) return
    const pointers = new Map(now.pointers)
    pointers.delete(event.pointerId)
    if (pointers.size > 0) {
      // The finger that stays paints nothing until it is lifted.
      held.current = { ...now, pointers, from: new Map(pointers), view: parts.view, kind: 'pan' }
      return
    }
    held.current = null
    setBox(null)
    if (event.type === 'pointercancel') {
      if (now.kind === 'line') parts.onGiveUp()
      return
    }
    const to = inPicture(placeOf(event))
    const [from] = now.points
    if (now.kind === 'line') parts.onMark(line(now.points, now.erase))
    if (now.kind === 'box' && from && (from.x !== to.x || from.y !== to.y)) {
      parts.onMark({ kind: 'box', from, to })
    }
  }

  return {
    box,
    hover,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel: onPointerUp,
      onPointerLeave: () => setHover(null),
    },
  }
}
