import { useMergedRef } from '@mantine/hooks'
import { useEffect, useEffectEvent, useRef, type Ref, type RefObject } from 'react'
import type { ViewControl } from '@/features/lightbox/useView'
import { wheelFactor, type Point, type Size } from '@/features/lightbox/view'
import type { Mark, Tool } from './marks'
import classes from './MaskEditor.module.css'
import { Picture } from './Picture'
import type { MaskCanvas } from './useMaskCanvas'
import { usePainting } from './usePainting'

interface PaintStageProps {
  url: string
  smallUrl: string
  picture: Size
  canvas: RefObject<HTMLCanvasElement | null>
  /** The size of the canvas in its own pixels. */
  canvasSize: Size
  onFollow: MaskCanvas['follow']
  tool: Tool
  brush: number
  control: ViewControl
  size: Size
  /** Takes the element whose size is measured. */
  sized: Ref<HTMLDivElement>
  hidden: boolean
  onMark: (mark: Mark) => void
  onGiveUp: () => void
}

/** The picture with its mask over it, to paint on. */
export function PaintStage(props: PaintStageProps) {
  const { picture, canvas, canvasSize, tool, brush, control, size } = props
  const { view } = control
  const stage = useRef<HTMLDivElement>(null)
  const painting = usePainting({
    stage,
    size,
    picture,
    view,
    tool,
    brush,
    onView: control.set,
    onFollow: props.onFollow,
    onMark: props.onMark,
    onGiveUp: props.onGiveUp,
  })
  useWheel(stage, control.zoomBy)
  const { box, hover } = painting
  const shown = { width: picture.width * view.zoom, height: picture.height * view.zoom }
  const left = size.width / 2 + view.x - shown.width / 2
  const top = size.height / 2 + view.y - shown.height / 2
  const ring = brush * view.zoom
  return (
    <div
      ref={useMergedRef(stage, props.sized)}
      className={classes.stage}
      data-tool={tool}
      hidden={props.hidden}
      {...painting.handlers}
    >
      <div className={classes.sheet} style={{ ...shown, left, top }}>
        <Picture url={props.url} smallUrl={props.smallUrl} />
        <canvas
          ref={canvas}
          className={classes.mask}
          width={canvasSize.width}
          height={canvasSize.height}
          role="img"
          aria-label="What is painted is drawn anew"
        />
      </div>
      {box ? <Box {...box} zoom={view.zoom} left={left} top={top} /> : null}
      {hover && (tool === 'brush' || tool === 'eraser') ? (
        <div
          className={classes.ring}
          style={{
            width: ring,
            height: ring,
            left: size.width / 2 + hover.x - ring / 2,
            top: size.height / 2 + hover.y - ring / 2,
          }}
        />
      ) : null}
    </div>
  )
}

interface BoxProps {
  from: Point
  to: Point
  zoom: number
  left: number
  top: number
}

function Box({ from, to, zoom, left, top }: BoxProps) {
  return (
    <div
      className={classes.box}
      style={{
        left: left + Math.min(from.x, to.x) * zoom,
        top: top + Math.min(from.y, to.y) * zoom,
        width: Math.abs(to.x - from.x) * zoom,
        height: Math.abs(to.y - from.y) * zoom,
      }}
    />
  )
}

/** The wheel zooms; its listener must be able to stop the page's own scrolling and zooming. */
function useWheel(
  stage: RefObject<HTMLElement | null>,
  zoomBy: (factor: number, at: Point) => void,
): void {
  const turned = useEffectEvent((event: WheelEvent) => {
    const bounds = stage.current?.getBoundingClientRect()
    if (!bounds) return
    event.preventDefault()
    zoomBy(wheelFactor(event), {
      x: event.clientX - bounds.left - bounds.width / 2,
      y: event.clientY - bounds.top - bounds.height / 2,
    })
  })
  useEffect(() => {
    const element = stage.current
    const listen = (event: WheelEvent) => turned(event)
    element?.addEventListener('wheel', listen, { passive: false })
    return () => element?.removeEventListener('wheel', listen)
  }, [stage])
}
