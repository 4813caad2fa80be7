import { expect, it } from 'vitest'
import { checkTrailSearch, checkLedgerSearch, checkPeopleSearch, checkPersonSearch } from './search'

it('keeps what it knows and leaves the rest out of the address', () => {
  expect(checkPeopleSearch({ q: 'ad', role: 'admin', state: 'suspended', new: true })).toEqual({
    q: 'ad',
    role: 'admin',
    state: 'suspended',
    new: true,
  })
  expect(checkPeopleSearch({ q: '', state: 'gone', new: 'yes', other: 1 })).toEqual({})
  expect(checkPersonSearch({ part: 'sign-in' })).toEqual({ part: 'sign-in' })
  expect(checkPersonSearch({ part: 'secrets' })).toEqual({})
})

it('reads a number that was searched for as text', () => {
  expect(checkPeopleSearch({ q: 2026 })).toEqual({ q: '2026' })
})

it('takes days only where they are days', () => {
  expect(checkLedgerSearch({ since: '2026-11-01', until: '2026-11-31' })).toEqual({
    since: '2026-11-01',
  })
  expect(checkTrailSearch({ since: 'yesterday', until: '2026-1-1' })).toEqual({})
})
