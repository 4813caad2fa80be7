import { useRef, type MouseEvent, type TouchEvent } from 'react'

const HELD_MS = 450
const SLACK_PX = 10

/** Runs when a finger rests on an element; the tap that follows is swallowed. Touch only. */
export function useLongPress(run: () => void) {
  const state = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null)
  const fired = useRef(false)

  const stop = () => {
    if (state.current) clearTimeout(state.current.timer)
    state.current = null
  }
  return {
    onTouchStart: (event: TouchEvent) => {
      const touch = event.touches[0]
      stop()
      if (!touch || event.touches.length > 1) return
      fired.current = false
      const timer = setTimeout(() => {
        fired.current = true
        run()
      }, HELD_MS)
      state.current = { timer, x: touch.clientX, y: touch.clientY }
    },
    onTouchMove: (event: TouchEvent) => {
      const touch = event.touches[0]
      const from = state.current
      if (!touch || !from) return
      if (Math.hypot(touch.clientX - from.x, touch.clientY - from.y) > SLACK_PX) stop()
    },
    onTouchEnd: stop,
    onTouchCancel: stop,
    // Phones show a menu of their own for a picture that is held.
    onContextMenu: (event: MouseEvent) => {
      if (state.current || fired.current) event.preventDefault()
    },
    onClickCapture: (event: MouseEvent) => {
      if (!fired.current) return
      fired.current = false
      event.preventDefault()
      event.stopPropagation()
    },
  }
}
