import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { keys } from '@/api/keys'
import { assetsOf, removeLibraryAsset, storeLibraryAsset, type LibraryPages } from './cache'
import { libraryAsset } from '../../../tests/fixtures'

const ALL = keys.libraryList({ q: '', favorite: false, type: null })
const FAVOURITES = keys.libraryList({ q: '', favorite: true, type: null })
const SEA = keys.libraryList({ q: 'sea', favorite: false, type: null })

function filled(lists: Record<'all' | 'favourites' | 'sea', string[]>): QueryClient {
  const client = new QueryClient()
  const put = (key: readonly unknown[], ids: string[]) =>
    client.setQueryData<LibraryPages>(key, {
      pages: [{ items: ids.map((id) => libraryAsset(1, { id })), next_cursor: null }],
      pageParams: [null],
    })
  put(ALL, lists.all)
  put(FAVOURITES, lists.favourites)
  put(SEA, lists.sea)
  return client
}
const stale = (client: QueryClient, key: readonly unknown[]) =>
  client.getQueryState(key)?.isInvalidated

it('shows a changed asset in its place in every list that has it', () => {
  const client = filled({ all: ['a', 'b', 'c'], favourites: [], sea: ['b'] })
  storeLibraryAsset(client, libraryAsset(1, { id: 'b', title: 'Boat' }))
  const titles = (key: readonly unknown[]) =>
    assetsOf(client.getQueryData<LibraryPages>(key)).map((asset) => asset.title)
  expect(titles(ALL)).toEqual([null, 'Boat', null])
  expect(titles(SEA)).toEqual(['Boat'])
  expect(stale(client, ALL)).toBe(false)
})

it('makes the favourites stale when they want the asset', () => {
  const client = filled({ all: ['a'], favourites: [], sea: [] })
  storeLibraryAsset(client, libraryAsset(1, { id: 'a' }))
  expect(stale(client, FAVOURITES)).toBe(false)
  storeLibraryAsset(client, libraryAsset(1, { id: 'a', is_favorite: true }))
  expect(stale(client, FAVOURITES)).toBe(true)
})

it('leaves one that is no favourite any more in its place until the list is read anew', () => {
  const client = filled({ all: ['a'], favourites: ['a'], sea: [] })
  storeLibraryAsset(client, libraryAsset(1, { id: 'a', is_favorite: false }))
  expect(assetsOf(client.getQueryData<LibraryPages>(FAVOURITES))).toHaveLength(1)
  expect(stale(client, FAVOURITES)).toBe(true)
})

it('reads the lists anew for an asset that none of them knows', () => {
  const client = filled({ all: ['a'], favourites: [], sea: [] })
  storeLibraryAsset(client, libraryAsset(1, { id: 'new' }))
  expect(stale(client, ALL)).toBe(true)
})

it('takes an asset that is gone out of all lists', () => {
  const client = filled({ all: ['a', 'b'], favourites: ['b'], sea: [] })
  removeLibraryAsset(client, 'b')
  expect(assetsOf(client.getQueryData<LibraryPages>(ALL)).map((asset) => asset.id)).toEqual(['a'])
  expect(assetsOf(client.getQueryData<LibraryPages>(FAVOURITES))).toEqual([])
})

it('shows an asset once that two pages have', () => {
  const page = (ids: string[]) => ({
    items: ids.map((id) => libraryAsset(1, { id })),
    next_cursor: 'c',
  })
  const list = { pages: [page(['a', 'b']), page(['b', 'c'])], pageParams: [null, 'c'] }
  expect(assetsOf(list).map((asset) => asset.id)).toEqual(['a', 'b', 'c'])
})
