import { expect, it } from 'vitest'
import { fitOf } from './match'

it('finds by any part, and wants every word', () => {
  expect(fitOf('lib', 'Library')).toBeGreaterThan(0)
  expect(fitOf('kept', 'Library', 'kept saved pictures')).toBeGreaterThan(0)
  expect(fitOf('kept elephant', 'Library', 'kept saved pictures')).toBe(0)
  expect(fitOf('', 'anything')).toBeGreaterThan(0)
})

it('puts names before other words, and beginnings before middles', () => {
  expect(fitOf('key', 'Keys')).toBeGreaterThan(fitOf('key', 'Show all keys'))
  expect(fitOf('key', 'Show all keys')).toBeGreaterThan(fitOf('key', 'Settings', 'api key'))
  expect(fitOf('set', 'Settings')).toBeGreaterThan(fitOf('set', 'Reset'))
})
