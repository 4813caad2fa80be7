import { expect, it } from 'vitest'
import { changesOf } from './changes'

it('names what came, went and changed, and leaves out what stayed', () => {
  expect(
    changesOf(
      { roles: ['basic_user'], reason: 'noise', name: 'ada' },
      { roles: ['admin', 'basic_user'], name: 'ada', amount: 20 },
    ),
  ).toEqual([
    { name: 'roles', before: 'basic_user', after: 'admin, basic_user' },
    { name: 'reason', before: 'noise', after: null },
    { name: 'amount', before: null, after: '20' },
  ])
})

it('takes a value of null for nothing', () => {
  expect(changesOf({ plan: null }, { plan: 'pro', note: null })).toEqual([
    { name: 'plan', before: null, after: 'pro' },
  ])
})

it('is empty for an entry without values', () => {
  expect(changesOf(null, null)).toEqual([])
})
