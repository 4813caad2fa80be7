import { useRef, useState, type PointerEvent, type RefCallback } from 'react'
import { clampSplit, splitByKey, type Pair } from './compare'
import type { ViewerItem } from './contract'
import { Slide } from './Slide'
import classes from './Stage.module.css'
import type { Swiped } from './swipe'
import { useGestures } from './useGestures'
import type { ViewControl } from './useView'
import { fitted, type Point, type Size } from './view'

/** Pixels between two pictures while one swipes. */
const GAP = 24
/** Time in which a swiped picture comes to rest, in milliseconds. */
const SETTLE_MS = 170

interface StageProps {
  item: ViewerItem
  before: ViewerItem | null
  after: ViewerItem | null
  /** The picture that lies under the divider's right side. */
  other: ViewerItem | null
  pair: Pair
  size: Size
  control: ViewControl
  /** Takes the element of the clip that is looked at. */
  video: RefCallback<HTMLVideoElement>
  onStep: (step: 1 | -1) => void
  onClose: () => void
}

/** The picture, large: zoom, pan, swipe, and two of a batch on either side of a divider. */
export function Stage(props: StageProps) {
  const { item, before, after, other, size, control } = props
  const stage = useRef<HTMLDivElement>(null)
  const [split, setSplit] = useState(0.5)
  const swipe = useSwipe(props)
  const toShare = (at: Point) => clampSplit(at.x / Math.max(size.width, 1) + 0.5)
  const gestures = useGestures({
    stage,
    size,
    picture: item,
    view: control.view,
    ends: { first: before === null, last: after === null },
    swipes: other === null,
    onView: control.set,
    onZoom: control.zoomBy,
    onToggle: control.toggle,
    onSwipe: swipe.follow,
    onSwiped: swipe.release,
    onDrag: (at) => setSplit(toShare(at)),
  })
  const cursor = other || control.isFit ? '' : classes.grab
  return (
    <div
      ref={stage}
      className={`${classes.stage} ${cursor ?? ''}`}
      data-testid="stage"
      {...gestures}
    >
      {size.width === 0 ? null : other ? (
        <Compared
          item={item}
          other={other}
          pair={props.pair}
          control={control}
          split={split}
          onSplit={setSplit}
          shareAt={(clientX) => {
            const box = stage.current?.getBoundingClientRect()
            return box ? clampSplit((clientX - box.left) / box.width) : split
          }}
        />
      ) : (
        [before, item, after].map((each, place) =>
          each ? (
            <div
              key={each.id}
              className={`${classes.slide} ${swipe.settling ? classes.settling : ''}`}
              style={{
                transform: `translate(${(place - 1) * (size.width + GAP) + swipe.offset.x}px, ${
                  place === 1 ? swipe.offset.y : 0
                }px)`,
              }}
              aria-hidden={place !== 1}
            >
              <Slide
                item={each}
                view={place === 1 ? control.view : fitted(size, each)}
                video={place === 1 ? props.video : undefined}
              />
            </div>
          ) : null,
        )
      )}
    </div>
  )
}

/** The offset of the picture under a finger, and how it comes to rest. */
function useSwipe({ item, size, onStep, onClose }: StageProps) {
  const [state, setState] = useState({ id: item.id, offset: { x: 0, y: 0 }, settling: false })
  // The offset belongs to one picture; the next one begins at rest without another rendering.
  const own = state.id === item.id ? state : { offset: { x: 0, y: 0 }, settling: false }
  const release = (what: Swiped) => {
    if (what === 'close') {
      onClose()
      return
    }
    const step = what === 'next' ? 1 : what === 'previous' ? -1 : 0
    setState({ id: item.id, offset: { x: -step * (size.width + GAP), y: 0 }, settling: true })
    if (step !== 0) setTimeout(() => onStep(step), SETTLE_MS)
  }
  return {
    offset: own.offset,
    settling: own.settling,
    follow: (offset: Point) => setState({ id: item.id, offset, settling: false }),
    release,
  }
}

interface ComparedProps {
  item: ViewerItem
  other: ViewerItem
  pair: Pair
  control: ViewControl
  split: number
  onSplit: (share: number) => void
  shareAt: (clientX: number) => number
}

function Compared({ item, other, pair, control, split, onSplit, shareAt }: ComparedProps) {
  const percent = `${(split * 100).toFixed(2)}%`
  const drag = (event: PointerEvent) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) onSplit(shareAt(event.clientX))
  }
  return (
    <>
      <div className={classes.slide} style={{ clipPath: `inset(0 0 0 ${percent})` }}>
        <Slide key={other.id} item={other} view={control.view} />
      </div>
      <div className={classes.slide} style={{ clipPath: `inset(0 calc(100% - ${percent}) 0 0)` }}>
        <Slide key={item.id} item={item} view={control.view} />
      </div>
      {pair === 'before' ? (
        <>
          <Side words="After" className={classes.sideA} />
          <Side words="Before" className={classes.sideB} />
        </>
      ) : (
        <>
          <Side words={`A${seedOf(item)}`} className={classes.sideA} />
          <Side words={`B${seedOf(other)}`} className={classes.sideB} />
        </>
      )}
      <div
        className={classes.divider}
        style={{ left: percent }}
        role="slider"
        tabIndex={0}
        aria-label="Divider between the two pictures"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(split * 100)}
        aria-valuetext={`${Math.round(split * 100)} % of the first`}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onKeyDown={(event) => {
          const next = splitByKey(event.key, split, event.shiftKey)
          if (next === null) return
          event.preventDefault()
          onSplit(next)
        }}
      >
        <span className={classes.knob} aria-hidden />
      </div>
    </>
  )
}

const seedOf = (item: ViewerItem): string => (item.seed === null ? '' : `, seed ${item.seed}`)

function Side({ words, className }: { words: string; className: string | undefined }) {
  return <span className={`${classes.side} ${className ?? ''}`}>{words}</span>
}
