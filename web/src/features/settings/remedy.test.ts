import { describe, expect, it } from 'vitest'
import { byModality, byReason, modalityName, piecesOf } from './remedy'

describe('remedies', () => {
  it('show what is to be typed as code', () => {
    expect(piecesOf("Run `pip install 'fabula[diffusers]'`.")).toEqual([
      { text: 'Run ', code: false },
      { text: "pip install 'fabula[diffusers]'", code: true },
      { text: '.', code: false },
    ])
    expect(piecesOf('Nothing to do.')).toEqual([{ text: 'Nothing to do.', code: false }])
    expect(piecesOf('')).toEqual([])
  })

  it('are said once for all that lack the same', () => {
    const item = (name: string, reason: string) => ({
      name,
      available: reason === '',
      reason,
      remedy: 'r',
    })
    const items = [
      item('type_a', 'x'),
      item('type_b', ''),
      item('type_c', 'Nothing makes type_c.'),
      item('type_d', 'x'),
      item('type_e', 'Nothing makes type_e.'),
    ]
    const groups = byReason(items, (each) => each.name)
    expect(groups.map((group) => [group.reason, group.items.map((each) => each.name)])).toEqual([
      ['x', ['type_a', 'type_d']],
      ['', ['type_c', 'type_e']],
    ])
  })
})

describe('engines', () => {
  it('stand by what they make, the running ones first', () => {
    const groups = byModality([
      { id: 1, modality: 'odd', available: true },
      { id: 2, modality: 'text', available: true },
      { id: 3, modality: 'image', available: false },
      { id: 4, modality: 'image', available: true },
    ])
    expect(
      groups.map((group) => [group.modality, group.engines.map((engine) => engine.id)]),
    ).toEqual([
      ['image', [4, 3]],
      ['text', [2]],
      ['odd', [1]],
    ])
    expect(modalityName('image')).toBe('Pictures')
    expect(modalityName('odd')).toBe('odd')
  })
})
