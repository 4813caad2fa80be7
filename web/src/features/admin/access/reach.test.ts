import { expect, it } from 'vitest'
import { reachOf } from './reach'

it('gathers verbs that reach the same rows, the widest first', () => {
  expect(reachOf({ create: 'own', read: 'all', update: 'own_fields', delete: 'none' })).toEqual([
    { rows: 'all', said: 'all', verbs: 'read' },
    { rows: 'own', said: 'own', verbs: 'create' },
    { rows: 'own_fields', said: 'own, in part', verbs: 'change' },
  ])
})

it('says everything where all verbs reach the same', () => {
  expect(reachOf({ create: 'all', read: 'all', update: 'all', delete: 'all' })).toEqual([
    { rows: 'all', said: 'all', verbs: 'everything' },
  ])
})

it('is empty where nothing is reached, or nothing is known of the role', () => {
  expect(reachOf({ create: 'none', read: 'none', update: 'none', delete: 'none' })).toEqual([])
  expect(reachOf(undefined)).toEqual([])
})

it('keeps reaches that it does not know, behind the others', () => {
  const cell = { create: 'none', read: 'reported', update: 'own', delete: 'none' }
  expect(reachOf(cell).map((each) => each.rows)).toEqual(['own', 'reported'])
})
