import { describe, expect, it } from 'vitest'
import { asset, job, progress } from '../../../tests/fixtures'
import { testClient } from '../../../tests/render'
import { keys } from '@/api/keys'
import {
  forgetLibraryAsset,
  patchAsset,
  patchList,
  storeJob,
  storeProgress,
  upsertList,
  type JobPage,
  type JobPages,
} from './cache'

const page = (next: string | null, ...numbers: number[]): JobPage => ({
  items: numbers.map((number) => job(number)),
  next_cursor: next,
})
const pages = (...list: JobPage[]): JobPages => ({ pages: list, pageParams: list.map(() => null) })
const ids = (list: JobPages): string[][] =>
  list.pages.map((each) => each.items.map((item) => item.id))
const id = (number: number): string => job(number).id

describe('lists of jobs', () => {
  it('take a new job at its place in time', () => {
    const list = pages(page('x', 50, 40), page(null, 20, 10))
    expect(ids(upsertList(list, job(55)))).toEqual([
      [id(55), id(50), id(40)],
      [id(20), id(10)],
    ])
    expect(ids(upsertList(list, job(30)))).toEqual([
      [id(50), id(40)],
      [id(30), id(20), id(10)],
    ])
    expect(ids(upsertList(list, job(5)))).toEqual([
      [id(50), id(40)],
      [id(20), id(10), id(5)],
    ])
  })

  it('replace a job that they have, and leave its place', () => {
    const list = upsertList(pages(page(null, 3, 2, 1)), job(2, { status: 'failed' }))
    expect(list.pages[0]?.items.map((item) => item.status)).toEqual([
      'completed',
      'failed',
      'completed',
    ])
  })

  it('wait for the page that an older job belongs to', () => {
    const list = pages(page('more', 50, 40))
    expect(upsertList(list, job(30))).toBe(list)
  })

  it('are the very same where nothing changes', () => {
    const list = pages(page(null, 2, 1))
    expect(patchList(list, id(9), (each) => ({ ...each, count: 5 }))).toBe(list)
  })

  it('take a first job', () => {
    expect(ids(upsertList(pages(page(null)), job(1)))).toEqual([[id(1)]])
  })
})

describe('storing a job', () => {
  function filled() {
    const client = testClient()
    client.setQueryData(keys.workspaceJobs, pages(page(null, 1)))
    client.setQueryData(keys.recentJobs, page(null, 1))
    client.setQueryData(keys.queuedJobs, page(null))
    client.setQueryData(keys.runningJobs, page(null))
    return client
  }
  const length = (client: ReturnType<typeof testClient>, key: readonly string[]) =>
    client.getQueryData<JobPage>(key)?.items.length

  it('moves it between the lists as it goes on', () => {
    const client = filled()
    storeJob(client, job(2, { status: 'queued' }))
    expect([length(client, keys.queuedJobs), length(client, keys.runningJobs)]).toEqual([1, 0])
    storeJob(client, job(2, { status: 'processing', progress: progress({ step: 3 }) }))
    expect([length(client, keys.queuedJobs), length(client, keys.runningJobs)]).toEqual([0, 1])
    expect(client.getQueryData(keys.progress(id(2)))).toMatchObject({ step: 3 })
    storeJob(client, job(2))
    expect([length(client, keys.queuedJobs), length(client, keys.runningJobs)]).toEqual([0, 0])
    expect(client.getQueryData(keys.progress(id(2)))).toBeUndefined()
    expect(ids(client.getQueryData<JobPages>(keys.workspaceJobs) ?? pages())).toEqual([
      [id(2), id(1)],
    ])
  })

  it('keeps jobs for the library out of the workspace', () => {
    const client = filled()
    storeJob(client, job(2, { destination: 'library' }))
    expect(ids(client.getQueryData<JobPages>(keys.workspaceJobs) ?? pages())).toEqual([[id(1)]])
    expect(length(client, keys.recentJobs)).toBe(2)
  })

  it('makes no list where none was read', () => {
    const client = testClient()
    storeJob(client, job(1))
    expect(client.getQueryData(keys.workspaceJobs)).toBeUndefined()
  })
})

it('progress keeps what an event does not say', () => {
  const client = testClient()
  const event = { job_id: 'a', ...progress({ step: 3, eta_seconds: 9, preview_url: '/p/0' }) }
  storeProgress(client, event)
  storeProgress(client, { ...event, step: 4, eta_seconds: null, preview_url: null })
  expect(client.getQueryData(keys.progress('a'))).toMatchObject({
    step: 4,
    eta_seconds: 9,
    preview_url: '/p/0',
  })
})

it('a picture can change, go, and lose its mark', () => {
  const client = testClient()
  const kept = asset(0, { saved: true, library_asset_id: 'shelf' })
  client.setQueryData(
    keys.workspaceJobs,
    pages({ items: [job(1, { assets: [kept, asset(1)] })], next_cursor: null }),
  )
  const assets = () => client.getQueryData<JobPages>(keys.workspaceJobs)?.pages[0]?.items[0]?.assets
  forgetLibraryAsset(client, 'shelf')
  expect(assets()?.[0]).toMatchObject({ saved: false, library_asset_id: null })
  patchAsset(client, id(1), asset(1).id, () => null)
  expect(assets()?.map((each) => each.id)).toEqual([kept.id])
})
