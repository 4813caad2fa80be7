import { useEffect, useRef, useState, type RefObject } from 'react'
import type { Point, Size } from '@/features/lightbox/view'
import type { Line, Mark } from './marks'

/** The longer side of a mask: finer than any engine draws. */
const LONGEST = 1024
const OPAQUE = 127

export interface MaskCanvas {
  canvas: RefObject<HTMLCanvasElement | null>
  /** The size of the canvas in its own pixels. */
  size: Size
  /** Draws the newest part of a line that is not finished yet. */
  follow: (line: Line, from: Point, to: Point) => void
  /** The mask as a PNG's data address, white where it is painted; empty where nothing is. */
  png: () => string
}

/** The canvas that shows a mask: what was painted before, and the marks on it. */
export function useMaskCanvas(picture: Size, base: string, marks: readonly Mark[]): MaskCanvas {
  const canvas = useRef<HTMLCanvasElement>(null)
  const painted = useImage(base)
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
  const width = Math.max(1, Math.round(picture.width * scale))
  const height = Math.max(1, Math.round(picture.height * scale))

  useEffect(() => {
    const pen = canvas.current && penOf(canvas.current)
    if (!pen) return
    pen.setTransform(1, 0, 0, 1, 0, 0)
    pen.clearRect(0, 0, width, height)
    if (painted) drawMask(pen, painted, width, height)
    pen.setTransform(width / picture.width, 0, 0, height / picture.height, 0, 0)
    for (const mark of marks) draw(pen, mark, picture)
  }, [marks, painted, width, height, picture])

  return {
    canvas,
    size: { width, height },
    follow: (line, from, to) => {
      const pen = canvas.current && penOf(canvas.current)
      if (pen) draw(pen, { ...line, points: [from, to] }, picture)
    },
    png: () => (canvas.current ? pngOf(canvas.current) : ''),
  }
}

function useImage(address: string): HTMLImageElement | null {
  const [loaded, setLoaded] = useState<{ address: string; image: HTMLImageElement } | null>(null)
  useEffect(() => {
    if (!address) return
    const image = new Image()
    image.onload = () => setLoaded({ address, image })
    image.src = address
    return () => {
      image.onload = null
    }
  }, [address])
  return loaded?.address === address ? loaded.image : null
}

function penOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  if (!pen) return null
  const { color } = getComputedStyle(canvas)
  return Object.assign(pen, {
    fillStyle: color,
    strokeStyle: color,
    lineCap: 'round',
    lineJoin: 'round',
  })
}

function draw(pen: CanvasRenderingContext2D, mark: Mark, { width, height }: Size): void {
  pen.globalCompositeOperation = 'source-over'
  switch (mark.kind) {
    case 'clear':
      pen.clearRect(0, 0, width, height)
      return
    case 'invert':
      pen.globalCompositeOperation = 'xor'
      pen.fillRect(0, 0, width, height)
      return
    case 'box':
      pen.fillRect(mark.from.x, mark.from.y, mark.to.x - mark.from.x, mark.to.y - mark.from.y)
      return
    case 'line': {
      const [first, ...rest] = mark.points
      if (!first) return
      if (mark.erase) pen.globalCompositeOperation = 'destination-out'
      pen.lineWidth = mark.size
      pen.beginPath()
      pen.moveTo(first.x, first.y)
      // A line of no length is drawn as a dot by its round ends.
      for (const { x, y } of rest.length ? rest : [first]) pen.lineTo(x, y)
      pen.stroke()
    }
  }
}

/** A mask of black and white, as what is painted of it. */
function drawMask(
  pen: CanvasRenderingContext2D,
  mask: HTMLImageElement,
  width: number,
  height: number,
): void {
  pen.drawImage(mask, 0, 0, width, height)
  const pixels = pen.getImageData(0, 0, width, height)
  for (let at = 0; at < pixels.data.length; at += 4) {
    pixels.data[at + 3] = (pixels.data[at] ?? 0) > OPAQUE ? 255 : 0
  }
  pen.putImageData(pixels, 0, 0)
  pen.globalCompositeOperation = 'source-in'
  pen.fillRect(0, 0, width, height)
}

function pngOf(canvas: HTMLCanvasElement): string {
  const pen = penOf(canvas)
  const copy = document.createElement('canvas')
  copy.width = canvas.width
  copy.height = canvas.height
  const out = copy.getContext('2d')
  if (!pen || !out) return ''
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height)
  let any = false
  for (let at = 0; at < pixels.data.length; at += 4) {
    const white = (pixels.data[at + 3] ?? 0) > OPAQUE
    any ||= white
    pixels.data.fill(white ? 255 : 0, at, at + 3)
    pixels.data[at + 3] = 255
  }
  out.putImageData(pixels, 0, 0)
  return any ? copy.toDataURL('image/png') : ''
}
