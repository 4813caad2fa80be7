import { act, render, screen } from '@testing-library/react'
import { createRef } from 'react'
import { beforeEach, expect, it, vi } from 'vitest'
import { JustifiedGrid, type GridHandle } from './JustifiedGrid'

const items = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `i${at}`, width: 4, height: at % 2 ? 3 : 4 }))

let top = 0
beforeEach(() => {
  top = 0
  window.scrollBy = () => undefined
  // jsdom lays nothing out: the grid is 1000 pixels wide, and scrolled as far as the test says.
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(
    () => new DOMRect(0, top, 1000, 0),
  )
})

function draw(count: number, onNearEnd = vi.fn()) {
  const handle = createRef<GridHandle>()
  render(
    <JustifiedGrid
      ref={handle}
      items={items(count)}
      label="Pictures"
      rowHeight={200}
      gap={8}
      nameOf={(item) => item.id}
      isSelected={(item) => item.id === 'i1'}
      onClick={() => undefined}
      onNearEnd={onNearEnd}
      draw={(item) => <span>{item.id}</span>}
    />,
  )
  return { handle, onNearEnd }
}
const cells = () => screen.getAllByRole('gridcell')
const names = () => cells().map((cell) => cell.getAttribute('aria-label'))

it('has only the rows near the window in the page, and the height of all', () => {
  const { onNearEnd } = draw(10_000)
  expect(cells().length).toBeLessThan(80)
  expect(names()[0]).toBe('i0')
  const grid = screen.getByRole('grid', { name: 'Pictures' })
  expect(Number(grid.getAttribute('aria-rowcount'))).toBeGreaterThan(2000)
  expect(parseInt(grid.style.height)).toBeGreaterThan(400_000)
  expect(onNearEnd).not.toHaveBeenCalled()
})

it('brings the rows that one scrolls to, and asks for more at the end', () => {
  const { onNearEnd } = draw(10_000)
  top = -200_000
  act(() => void window.dispatchEvent(new Event('scroll')))
  expect(names()).not.toContain('i0')
  expect(cells().length).toBeLessThan(80)
  expect(onNearEnd).not.toHaveBeenCalled()
  top = -1_000_000
  act(() => void window.dispatchEvent(new Event('scroll')))
  expect(onNearEnd).toHaveBeenCalled()
})

it('is one stop of the tab key, from which arrows move on', () => {
  const { handle } = draw(30)
  const stops = () =>
    cells()
      .filter((cell) => cell.tabIndex === 0)
      .map((cell) => cell.getAttribute('aria-label'))
  expect(stops()).toEqual(['i0'])
  act(() => handle.current?.move('right'))
  expect(document.activeElement?.getAttribute('aria-label')).toBe('i0')
  act(() => handle.current?.move('right'))
  expect(document.activeElement?.getAttribute('aria-label')).toBe('i1')
  expect(stops()).toEqual(['i1'])
  act(() => handle.current?.move('down'))
  const below = Number(document.activeElement?.getAttribute('aria-label')?.slice(1))
  expect(below).toBeGreaterThan(3)
  act(() => handle.current?.focus('i9'))
  expect(stops()).toEqual(['i9'])
})

it('says which pictures are chosen', () => {
  draw(3)
  expect(cells().map((cell) => cell.getAttribute('aria-selected'))).toEqual([
    'false',
    'true',
    'false',
  ])
})
