import {
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type MouseEvent,
  type ReactNode,
  type Ref,
} from 'react'
import { nextBox, type Direction } from './gridNavigation'
import classes from './JustifiedGrid.module.css'
import {
  boxesOf,
  gridHeight,
  justify,
  rowsWithin,
  shownAspect,
  type GridRow,
} from './JustifiedGridLayout'

interface Item {
  id: string
  /** Pixels of the whole picture. */
  width: number
  height: number
}

export interface GridHandle {
  /** Moves the focus to the next picture in a direction; the first one gets it when none has it. */
  move: (direction: Direction) => void
  /** Brings a picture into sight and gives it the focus. */
  focus: (id: string) => void
}

export interface JustifiedGridProps<T extends Item> {
  items: readonly T[]
  /** What the grid holds, for people who do not see it. */
  label: string
  rowHeight: number
  gap: number
  draw: (item: T, active: boolean) => ReactNode
  nameOf: (item: T) => string
  isSelected: (item: T) => boolean
  onClick: (item: T, event: MouseEvent) => void
  /** Called when the last rows come near. */
  onNearEnd?: () => void
  /** Pixels at the window's top and bottom that something else covers. */
  covered?: { top: number; bottom: number }
  ref?: Ref<GridHandle>
}

/** Pixels that are scrolled before the rows in the page are chosen anew. */
const BAND = 400

/**
 * Pictures in rows that fill the width. Only the rows near the window are in the page, so ten
 * thousand pictures scroll like ten. One picture is in the order of the tab key; arrows move on.
 */
export function JustifiedGrid<T extends Item>(props: JustifiedGridProps<T>) {
  const { items, rowHeight, gap, onNearEnd } = props
  const grid = useRef<HTMLDivElement>(null)
  const { width, band, view } = useWindowBand(grid)
  // Another list of the same shapes, as after a change of a title, keeps its rows.
  const aspects = useMemo(
    () => items.map((item) => shownAspect(item.width, item.height)).join(' '),
    [items],
  )
  const rows = useMemo(
    () => justify(aspects ? aspects.split(' ').map(Number) : [], { width, rowHeight, gap }),
    [aspects, width, rowHeight, gap],
  )
  const { first, end } = rowsWithin(rows, band * BAND - 0.5 * view, (band + 1) * BAND + 1.75 * view)
  const [activeId, setActiveId] = useState<string | null>(null)
  const active = items.find((item) => item.id === activeId) ?? items[0]
  useGridHandle({ ...props, rows, grid, setActiveId })

  const near = width > 0 && rows.length > 0 && end >= rows.length - 1
  useEffect(() => {
    if (near) onNearEnd?.()
  }, [near, items.length, onNearEnd])

  return (
    <div
      ref={grid}
      className={classes.grid}
      style={{ height: gridHeight(rows) }}
      role="grid"
      aria-label={props.label}
      aria-rowcount={rows.length}
      aria-multiselectable
    >
      {rows.slice(first, end).map((row, at) => (
        <div
          key={items[row.start]?.id}
          className={classes.row}
          style={{ transform: `translateY(${row.top}px)`, height: row.height, gap }}
          role="row"
          aria-rowindex={first + at + 1}
        >
          {items.slice(row.start, row.end).map((item, place) => (
            <div
              key={item.id}
              className={classes.cell}
              style={{ width: row.widths[place] }}
              role="gridcell"
              aria-label={props.nameOf(item)}
              aria-selected={props.isSelected(item)}
              data-asset-id={item.id}
              tabIndex={item === active ? 0 : -1}
              onFocus={() => setActiveId(item.id)}
              onClick={(event) => props.onClick(item, event)}
            >
              {props.draw(item, item === active)}
            </div>
          ))}
        </div>
      ))}
    </div>
  )
}

/** The grid's width, the window's height, and how far the window is down the grid in bands. */
function useWindowBand(grid: React.RefObject<HTMLDivElement | null>) {
  const [place, setPlace] = useState({ width: 0, band: 0, view: 800 })
  useLayoutEffect(() => {
    const element = grid.current
    if (!element) return
    const measure = () => {
      const box = element.getBoundingClientRect()
      const next = {
        width: Math.floor(box.width),
        band: Math.max(Math.floor(-box.top / BAND), 0),
        view: window.innerHeight,
      }
      setPlace((old) =>
        old.width === next.width && old.band === next.band && old.view === next.view ? old : next,
      )
    }
    measure()
    const watch = new ResizeObserver(measure)
    watch.observe(element)
    window.addEventListener('scroll', measure, { passive: true })
    window.addEventListener('resize', measure)
    return () => {
      watch.disconnect()
      window.removeEventListener('scroll', measure)
      window.removeEventListener('resize', measure)
    }
  }, [grid])
  return place
}

interface HandleParts<T extends Item> extends JustifiedGridProps<T> {
  rows: readonly GridRow[]
  grid: React.RefObject<HTMLDivElement | null>
  setActiveId: (id: string) => void
}

/** Frames to wait for a row that was out of the page. */
const FRAMES = 12

function useGridHandle<T extends Item>(parts: HandleParts<T>): void {
  const { items, rows, gap, grid, setActiveId, covered, ref } = parts
  useImperativeHandle(ref, () => {
    const boxes = boxesOf(rows, gap)
    const focusAt = (at: number) => {
      const item = items[at]
      const box = boxes[at]
      if (!item || !box || !grid.current) return
      setActiveId(item.id)
      scrollTo(grid.current.getBoundingClientRect().top + box.top, box.height, covered)
      focusSoon(grid.current, item.id, FRAMES)
    }
    return {
      move: (direction) => {
        const focused = document.activeElement?.closest<HTMLElement>('[data-asset-id]')
        const from = items.findIndex((item) => item.id === focused?.dataset.assetId)
        if (from < 0 || !grid.current?.contains(focused ?? null)) {
          const top = -(grid.current?.getBoundingClientRect().top ?? 0) + (covered?.top ?? 0)
          focusAt(rows.find((row) => row.top >= top)?.start ?? 0)
          return
        }
        const next = nextBox(boxes, from, direction)
        if (next !== null) focusAt(next)
      },
      focus: (id) => focusAt(items.findIndex((item) => item.id === id)),
    }
  }, [items, rows, gap, grid, setActiveId, covered])
}

/** Scrolls no more than is needed for a box to be in sight; `top` counts from the window's top. */
function scrollTo(top: number, height: number, covered = { top: 0, bottom: 0 }): void {
  const low = window.innerHeight - covered.bottom
  if (top < covered.top) window.scrollBy({ top: top - covered.top })
  else if (top + height > low) {
    window.scrollBy({ top: Math.min(top + height - low, top - covered.top) })
  }
}

function focusSoon(grid: HTMLElement, id: string, frames: number): void {
  const cell = grid.querySelector<HTMLElement>(`[data-asset-id="${CSS.escape(id)}"]`)
  if (cell) cell.focus({ preventScroll: true })
  else if (frames > 0) requestAnimationFrame(() => focusSoon(grid, id, frames - 1))
}
