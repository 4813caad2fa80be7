import { expect, it } from 'vitest'
import { spanOf } from './days'

it('spans from the first moment of a local day to the first after the last', () => {
  expect(spanOf({ since: '2026-11-25', until: '2026-11-30' })).toEqual({
    since: new Date(2026, 10, 25).toISOString(),
    until: new Date(2026, 11, 1).toISOString(),
  })
})

it('is open where a day is missing', () => {
  expect(spanOf({})).toEqual({})
  expect(spanOf({ until: '2026-11-25' })).toEqual({ until: new Date(2026, 10, 26).toISOString() })
})
