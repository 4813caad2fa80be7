import { describe, expect, it } from 'vitest'
import { chosenOf, extend, NOTHING, selectAll, toggle } from './selection'

const ORDER = ['a', 'b', 'c', 'd', 'e']
const ids = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort()

describe('selection', () => {
  it('takes a picture and gives it back', () => {
    const one = toggle(NOTHING, 'b')
    expect(ids(one)).toEqual(['b'])
    expect(ids(toggle(one, 'b'))).toEqual([])
    expect(NOTHING.ids.size).toBe(0)
  })

  it('takes a range in both directions, from the one chosen last', () => {
    const one = toggle(NOTHING, 'c')
    expect(ids(extend(one, 'e', ORDER))).toEqual(['c', 'd', 'e'])
    const up = extend(one, 'a', ORDER)
    expect(ids(up)).toEqual(['a', 'b', 'c'])
    expect(ids(extend(up, 'd', ORDER))).toEqual(['a', 'b', 'c', 'd'])
  })

  it('begins with one where there is no anchor, or it is gone', () => {
    expect(ids(extend(NOTHING, 'd', ORDER))).toEqual(['d'])
    expect(ids(extend(toggle(NOTHING, 'gone'), 'd', ORDER))).toEqual(['d', 'gone'])
  })

  it('counts only what is there', () => {
    const items = ORDER.map((id) => ({ id }))
    expect(chosenOf(toggle(selectAll(ORDER), 'a'), items.slice(0, 3))).toEqual([
      { id: 'b' },
      { id: 'c' },
    ])
    expect(chosenOf(NOTHING, items)).toEqual([])
  })
})
