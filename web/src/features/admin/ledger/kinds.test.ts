import { expect, it } from 'vitest'
import { ledgerEntry } from '../fixtures'
import { kindName, sumsOf } from './kinds'

it('sums by kind, and leaves out what only moved between the accounts of a person', () => {
  expect(
    sumsOf([
      ledgerEntry(1, { kind: 'grant', amount: 20 }),
      ledgerEntry(2, { kind: 'grant', amount: 5 }),
      ledgerEntry(3, { kind: 'reserve', amount: -3 }),
      ledgerEntry(4, { kind: 'reserve', amount: 3, part: 'reserved' }),
      ledgerEntry(5, { kind: 'settle', amount: -3, part: 'reserved' }),
      ledgerEntry(6, { kind: 'settle', amount: 1 }),
    ]),
  ).toEqual([
    { kind: 'grant', sum: 25 },
    { kind: 'settle', sum: -2 },
  ])
})

it('names kinds, and those that it does not know by themselves', () => {
  expect(kindName('settle')).toBe('Paid for a job')
  expect(kindName('gift_card')).toBe('gift card')
})
