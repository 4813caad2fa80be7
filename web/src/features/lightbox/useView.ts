import { useState } from 'react'
import {
  clampView,
  fitted,
  isFitted,
  toggleZoom,
  zoomAbout,
  type Point,
  type Size,
  type View,
} from './view'

const MIDDLE: Point = { x: 0, y: 0 }

export interface ViewControl {
  view: View
  isFit: boolean
  set: (view: View) => void
  zoomBy: (factor: number, at?: Point) => void
  toggle: (at?: Point) => void
  fit: () => void
}

/** Zoom and pan of the picture in the viewer; another picture begins whole. */
export function useView(id: string, stage: Size, picture: Size): ViewControl {
  const [own, setOwn] = useState<{ id: string; view: View } | null>(null)
  const isOwn = own?.id === id
  const view = isOwn ? clampView(own.view, stage, picture) : fitted(stage, picture)
  const change = (next: (view: View) => View) =>
    setOwn((old) => {
      const from = old?.id === id ? clampView(old.view, stage, picture) : fitted(stage, picture)
      const to = next(from)
      // A picture that is seen whole stays so when the window changes.
      return isFitted(to, stage, picture) ? null : { id, view: to }
    })
  return {
    view,
    isFit: !isOwn || isFitted(view, stage, picture),
    set: (to) => change(() => to),
    zoomBy: (factor, at = MIDDLE) =>
      change((from) => zoomAbout(from, from.zoom * factor, at, stage, picture)),
    toggle: (at = MIDDLE) => change((from) => toggleZoom(from, at, stage, picture)),
    fit: () => setOwn(null),
  }
}
