import { http, HttpResponse } from 'msw'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { asset, job } from '../../../tests/fixtures'
import { testClient } from '../../../tests/render'
import { server } from '../../../tests/server'
import { keys } from '@/api/keys'
import type { JobPage } from '@/features/jobs/cache'
import { discard, undoDiscard, UNDO_MS } from './discarding'

const API = 'http://studio.test/api'
let deleted: string[] = []

beforeEach(() => {
  vi.useFakeTimers()
  deleted = []
  server.use(
    http.delete(`${API}/workspace/assets/:id`, ({ params }) => {
      deleted.push(String(params.id))
      return new HttpResponse(null, { status: 204 })
    }),
  )
})
afterEach(() => {
  undoDiscard()
  vi.useRealTimers()
})

const picture = (number: number) => ({ jobId: job(1).id, assetId: asset(number).id })

function clientWithPictures() {
  const client = testClient()
  client.setQueryData<JobPage>(keys.recentJobs, {
    items: [job(1, { assets: [asset(0), asset(1)] })],
    next_cursor: null,
  })
  return client
}

describe('discarding', () => {
  it('deletes after ten seconds, not before', async () => {
    const client = clientWithPictures()
    discard(client, [picture(0)])
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1)
    expect(deleted).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await vi.waitFor(() => expect(deleted).toEqual([asset(0).id]))
    await vi.waitFor(() => {
      const left = client.getQueryData<JobPage>(keys.recentJobs)?.items[0]?.assets
      expect(left?.map((each) => each.id)).toEqual([asset(1).id])
    })
  })

  it('waits anew for each further picture, and undoes all of them', async () => {
    const client = clientWithPictures()
    discard(client, [picture(0)])
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1)
    discard(client, [picture(1)])
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1)
    expect(deleted).toEqual([])
    undoDiscard()
    await vi.advanceTimersByTimeAsync(UNDO_MS * 2)
    expect(deleted).toEqual([])
  })

  it('deletes at once when the page closes', () => {
    const sent = vi
      .spyOn(globalThis, 'fetch')
      .mockResolvedValue(new Response(null, { status: 204 }))
    discard(clientWithPictures(), [picture(0)])
    window.dispatchEvent(new Event('pagehide'))
    expect(sent).toHaveBeenCalledWith(
      `/api/workspace/assets/${asset(0).id}`,
      expect.objectContaining({ method: 'DELETE', keepalive: true }),
    )
  })
})
