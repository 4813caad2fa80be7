import {
  useEffect,
  useEffectEvent,
  useRef,
  type MouseEvent,
  type PointerEvent,
  type RefObject,
} from 'react'
import { axisOf, follow, released, type Axis, type Swiped } from './swipe'
import { isFitted, panBy, pinch, wheelFactor, type Point, type Size, type View } from './view'

export interface GestureParts {
  stage: RefObject<HTMLElement | null>
  size: Size
  picture: Size
  view: View
  ends: { first: boolean; last: boolean }
  /** Whether a finger moves on to the next picture, which it does not while two are compared. */
  swipes: boolean
  onView: (view: View) => void
  onZoom: (factor: number, at: Point) => void
  onToggle: (at: Point) => void
  onSwipe: (offset: Point) => void
  onSwiped: (what: Swiped) => void
  /** A drag over a picture that is seen whole, while two are compared: where the pointer is. */
  onDrag: (at: Point) => void
}

interface Held {
  points: Map<number, Point>
  /** Where the fingers and the view were when the last finger came or went. */
  from: Map<number, Point>
  view: View
  axis: Axis
  swiping: boolean
  since: number
  moved: boolean
}

const TAP_MS = 300
const DOUBLE_TAP_REST_MS = 700
const TAP_PX = 8
const DOUBLE_PX = 36

/** Wheel, drag, pinch, swipe and double tap on the stage. */
export function useGestures(parts: GestureParts) {
  const held = useRef<Held | null>(null)
  const lastTap = useRef<{ at: number; point: Point } | null>(null)
  const touchedAt = useRef(-Infinity)
  useWheel(parts)

  const pointOf = (event: { clientX: number; clientY: number }): Point => {
    const box = parts.stage.current?.getBoundingClientRect()
    return {
      x: event.clientX - (box ? box.left + box.width / 2 : 0),
      y: event.clientY - (box ? box.top + box.height / 2 : 0),
    }
  }

  const hold = (points: Map<number, Point>, event: PointerEvent) => {
    held.current = {
      points,
      from: new Map(points),
      view: parts.view,
      axis: null,
      swiping:
        parts.swipes &&
        points.size === 1 &&
        event.pointerType !== 'mouse' &&
        isFitted(parts.view, parts.size, parts.picture),
      since: event.timeStamp,
      moved: false,
    }
  }

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    if (event.target instanceof Element && event.target.closest('button, a, [role="slider"]'))
      return
    event.currentTarget.setPointerCapture(event.pointerId)
    const points = new Map(held.current?.points)
    points.set(event.pointerId, pointOf(event))
    if (points.size > 1) parts.onSwipe({ x: 0, y: 0 })
    hold(points, event)
  }

  const onPointerMove = (event: PointerEvent) => {
    const now = held.current
    if (!now?.points.has(event.pointerId)) return
    const point = pointOf(event)
    now.points.set(event.pointerId, point)
    const [a, b] = [...now.points.keys()]
    const fromA = a === undefined ? undefined : now.from.get(a)
    const toA = a === undefined ? undefined : now.points.get(a)
    if (!fromA || !toA) return
    const by = { x: toA.x - fromA.x, y: toA.y - fromA.y }
    if (Math.hypot(by.x, by.y) > TAP_PX) now.moved = true
    const fromB = b === undefined ? undefined : now.from.get(b)
    const toB = b === undefined ? undefined : now.points.get(b)
    if (fromB && toB) {
      now.moved = true
      parts.onView(pinch(now.view, [fromA, fromB], [toA, toB], parts.size, parts.picture))
    } else if (now.swiping) {
      now.axis ??= axisOf(by)
      parts.onSwipe(follow(by, now.axis, parts.ends))
    } else if (!parts.swipes && isFitted(now.view, parts.size, parts.picture)) {
      parts.onDrag(point)
    } else {
      parts.onView(panBy(now.view, by, parts.size, parts.picture))
    }
  }

  const onPointerUp = (event: PointerEvent) => {
    const now = held.current
    if (!now?.points.has(event.pointerId)) return
    const from = now.from.get(event.pointerId)
    const to = now.points.get(event.pointerId)
    const points = new Map(now.points)
    points.delete(event.pointerId)
    if (points.size > 0) {
      hold(points, event)
      if (held.current) Object.assign(held.current, { swiping: false, moved: true })
      return
    }
    held.current = null
    if (now.swiping && from && to) {
      const by = { x: to.x - from.x, y: to.y - from.y }
      const milliseconds = event.timeStamp - now.since
      const cancelled = event.type === 'pointercancel'
      parts.onSwiped(
        cancelled ? 'stay' : released(by, now.axis, milliseconds, parts.size.width, parts.ends),
      )
    }
    if (event.pointerType === 'mouse') return
    touchedAt.current = event.timeStamp
    if (!now.moved && to) tap(to, event.timeStamp)
  }

  const tap = (point: Point, at: number) => {
    const before = lastTap.current
    const near =
      before && Math.hypot(before.point.x - point.x, before.point.y - point.y) < DOUBLE_PX
    if (before && near && at - before.at < TAP_MS) {
      lastTap.current = null
      parts.onToggle(point)
    } else lastTap.current = { at, point }
  }

  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: onPointerUp,
    onDoubleClick: (event: MouseEvent) => {
      // A double tap has its own way above; some browsers send a double click after it as well.
      if (event.timeStamp - touchedAt.current < DOUBLE_TAP_REST_MS) return
      if (event.target instanceof Element && event.target.closest('button, [role="slider"]')) return
      parts.onToggle(pointOf(event))
    },
  }
}

/** The wheel zooms. Its listener must be able to stop the page's own scrolling and zooming. */
function useWheel({ stage, onZoom }: GestureParts): void {
  const turned = useEffectEvent((event: WheelEvent) => {
    const box = stage.current?.getBoundingClientRect()
    if (!box) return
    event.preventDefault()
    onZoom(wheelFactor(event), {
      x: event.clientX - box.left - box.width / 2,
      y: event.clientY - box.top - box.height / 2,
    })
  })
  useEffect(() => {
    const element = stage.current
    if (!element) return
    const listen = (event: WheelEvent) => turned(event)
    element.addEventListener('wheel', listen, { passive: false })
    return () => element.removeEventListener('wheel', listen)
  }, [stage])
}
