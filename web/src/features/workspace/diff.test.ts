import { describe, expect, it } from 'vitest'
import { diffPrompts } from './diff'

const marked = (before: string, after: string): string =>
  diffPrompts(before, after)
    .segments.map((segment) => (segment.added ? `[${segment.text}]` : segment.text))
    .join('')

describe('diffPrompts', () => {
  it.each([
    ['a red fox', 'a red fox', 'a red fox'],
    ['a red fox', 'a red fox, in soft light', 'a red fox[, in soft light]'],
    ['a fox', 'a small red fox', 'a[ small red] fox'],
    ['fox', 'in snow, a fox', '[in snow, a] fox'],
    ['', 'a fox', '[a fox]'],
    ['a fox', '', ''],
    ['A Fox.', 'a fox', 'a fox'],
    ['ein Füchslein', 'ein rotes Füchslein', 'ein[ rotes] Füchslein'],
  ])('%j to %j', (before, after, expected) => {
    expect(marked(before, after)).toBe(expected)
  })

  it('joins to exactly the new text', () => {
    const after = '  two cats,\n(in a "library") — golden hour!! '
    const { segments } = diffPrompts('a library with cats', after)
    expect(segments.map((segment) => segment.text).join('')).toBe(after)
  })

  it('lists the words that are gone, in order', () => {
    expect(diffPrompts('a very small red fox', 'a red fox').removed).toEqual(['very', 'small'])
  })

  it('marks only the second of two equal words', () => {
    expect(marked('red fox', 'red red fox')).toBe('red[ red] fox')
  })
})
