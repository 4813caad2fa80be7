import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { asset, job, libraryAsset, progress } from '../../tests/fixtures'
import { testClient } from '../../tests/render'
import { server } from '../../tests/server'
import { keys } from '@/api/keys'
import type { JobPage } from '@/features/jobs/cache'
import { eventTable } from './live'

const API = 'http://studio.test/api'
let reads: string[] = []

beforeEach(() => {
  reads = []
})

function studio(...jobs: ReturnType<typeof job>[]) {
  const client = testClient()
  client.setQueryData<JobPage>(keys.recentJobs, { items: jobs, next_cursor: null })
  client.setQueryData<JobPage>(keys.runningJobs, { items: [], next_cursor: null })
  client.setQueryData<JobPage>(keys.queuedJobs, { items: [], next_cursor: null })
  const ended = vi.fn()
  return { client, table: eventTable(client, ended), ended }
}
const recent = (client: ReturnType<typeof testClient>) =>
  client.getQueryData<JobPage>(keys.recentJobs)?.items ?? []

function answering(answer: ReturnType<typeof job>) {
  server.use(
    http.get(`${API}/jobs/${answer.id}`, () => {
      reads.push(answer.id)
      return HttpResponse.json(answer)
    }),
  )
}

describe('live events', () => {
  it('a change of state shows at once, and the job is read once for a handful of events', async () => {
    const { client, table } = studio(job(1, { status: 'queued' }))
    answering(job(1, { status: 'processing', assets: [asset(0)] }))
    table['job.updated']({ job_id: job(1).id, status: 'processing' })
    expect(recent(client)[0]?.status).toBe('processing')
    table['asset.created']({ job_id: job(1).id, asset_id: asset(0).id })
    table['job.updated']({ job_id: job(1).id, status: 'processing' })
    await vi.waitFor(() => expect(recent(client)[0]?.assets).toHaveLength(1))
    expect(reads).toEqual([job(1).id])
    expect(client.getQueryData<JobPage>(keys.runningJobs)?.items).toHaveLength(1)
  })

  it('a job that ended stays as it is until its pictures were read', async () => {
    const { client, table, ended } = studio(
      job(1, { status: 'processing', count: 2, assets: [asset(0)] }),
    )
    answering(job(1, { count: 2, assets: [asset(0), asset(1)] }))
    table['job.updated']({ job_id: job(1).id, status: 'completed' })
    expect(recent(client)[0]?.status).toBe('processing')
    await vi.waitFor(() => expect(recent(client)[0]).toMatchObject({ status: 'completed' }))
    expect(recent(client)[0]?.assets).toHaveLength(2)
    expect(ended).toHaveBeenCalledExactlyOnceWith(recent(client)[0])
  })

  it('credits are read anew when a job is accepted and when it ends, once for a handful', async () => {
    const { client, table } = studio(job(1))
    answering(job(1))
    const invalidated = vi.spyOn(client, 'invalidateQueries')
    const read = () =>
      invalidated.mock.calls.filter(([filter]) => filter?.queryKey === keys.credits).length
    table['job.updated']({ job_id: job(1).id, status: 'processing' })
    await vi.waitFor(() => expect(reads).toHaveLength(1))
    expect(read()).toBe(0)
    table['job.updated']({ job_id: job(1).id, status: 'queued' })
    table['job.updated']({ job_id: job(1).id, status: 'completed' })
    await vi.waitFor(() => expect(reads).toHaveLength(2))
    expect(read()).toBe(1)
  })

  it('a job of another device appears', async () => {
    const { client, table } = studio(job(1))
    answering(job(2, { status: 'queued' }))
    table['job.updated']({ job_id: job(2).id, status: 'queued' })
    await vi.waitFor(() => expect(recent(client)).toHaveLength(2))
  })

  it('progress is kept beside the lists, which stay the same', () => {
    const { client, table } = studio(job(1))
    const before = recent(client)
    table['job.progress']({ job_id: job(1).id, ...progress({ step: 4 }) })
    expect(client.getQueryData(keys.progress(job(1).id))).toMatchObject({ step: 4 })
    expect(recent(client)).toBe(before)
  })

  it('a removed picture goes', () => {
    const { client, table } = studio(job(1, { assets: [asset(0), asset(1)] }))
    table['asset.removed']({ job_id: job(1).id, asset_id: asset(0).id })
    expect(recent(client)[0]?.assets.map((each) => each.id)).toEqual([asset(1).id])
  })

  it('a library asset that is gone loses its mark in the workspace', async () => {
    const kept = asset(0, { saved: true, library_asset_id: libraryAsset(1).id })
    const { client, table } = studio(job(1, { assets: [kept] }))
    server.use(
      http.get(`${API}/library/assets/:id`, () =>
        HttpResponse.json({ error: 'not_found', detail: 'Gone.', field: null }, { status: 404 }),
      ),
    )
    table['library.changed']({ asset_id: libraryAsset(1).id })
    await vi.waitFor(() => expect(recent(client)[0]?.assets[0]?.saved).toBe(false))
  })

  it('a library asset that changed is read, and its job with it', async () => {
    const { client, table } = studio(job(1, { assets: [asset(0)] }))
    const kept = libraryAsset(1, { job_id: job(1).id })
    server.use(http.get(`${API}/library/assets/${kept.id}`, () => HttpResponse.json(kept)))
    answering(job(1, { assets: [asset(0, { saved: true, library_asset_id: kept.id })] }))
    table['library.changed']({ asset_id: kept.id })
    await vi.waitFor(() => expect(recent(client)[0]?.assets[0]?.saved).toBe(true))
    expect(client.getQueryData(keys.libraryAsset(kept.id))).toEqual(kept)
  })

  it('a resync makes everything stale', () => {
    const { client, table } = studio(job(1))
    table.resync({})
    expect(client.getQueryState(keys.recentJobs)?.isInvalidated).toBe(true)
  })
})
