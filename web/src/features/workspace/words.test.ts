import { expect, it } from 'vitest'
import { chosenTerm, looksLikeCompel, reach, wordsOf } from './words'

const WORDS = wordsOf([
  [
    { text: 'a ', weight: 1 },
    { text: 'red fox', weight: 1.3 },
    { text: ', at dawn', weight: 1 },
  ],
])

it('gives the words of a prompt their weights', () => {
  expect(WORDS.map(({ text, weight }) => `${text} ${weight}`)).toEqual([
    'a 1',
    'red 1.3',
    'fox 1.3',
    'at 1',
    'dawn 1',
  ])
})

it('chooses a word, then all up to another, then begins anew', () => {
  const one = reach(null, 2)
  expect(chosenTerm(WORDS, one)).toBe('fox')
  expect(reach(one, 2)).toBeNull()
  const more = reach(one, 1)
  expect(chosenTerm(WORDS, more)).toBe('red fox')
  expect(reach(more, 4)).toEqual({ from: 4, to: 4 })
  expect(chosenTerm(WORDS, null)).toBe('')
})

it.each([
  ['a (red fox)1.3 at dawn', true],
  ['a fox++ at dawn', true],
  ['fog--, a fox', true],
  ['("a fox", "an owl").blend(0.7, 0.3)', true],
  ['(red fox)-- runs', true],
  ['a (red fox:1.3) at dawn', false],
  ['a well-known fox (red) 3 times', false],
  ['a fox - at dawn', false],
])('%s is compel: %s', (text, is) => expect(looksLikeCompel(text)).toBe(is))
