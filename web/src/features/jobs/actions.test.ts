import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { job } from '../../../tests/fixtures'
import { testClient } from '../../../tests/render'
import { server } from '../../../tests/server'
import { keys } from '@/api/keys'
import { dismissJob } from './actions'
import type { JobPage } from './cache'

const failed = job(1, { status: 'failed' })
const ADDRESS = `http://studio.test/api/jobs/${failed.id}/dismiss`

async function dismissed(status: number): Promise<{ atOnce: boolean; then: boolean }> {
  const client = testClient()
  client.setQueryData<JobPage>(keys.recentJobs, { items: [failed], next_cursor: null })
  const shown = () => Boolean(client.getQueryData<JobPage>(keys.recentJobs)?.items.at(0)?.dismissed)
  const body = { error: 'internal', detail: 'It went wrong.', field: null }
  server.use(
    http.post(ADDRESS, () =>
      status === 204 ? new HttpResponse(null, { status }) : HttpResponse.json(body, { status }),
    ),
  )
  const done = dismissJob(client, failed.id)
  const atOnce = shown()
  await done
  return { atOnce, then: shown() }
}

describe('dismissing a failed job', () => {
  it('puts it out of sight at once', async () => {
    expect(await dismissed(204)).toEqual({ atOnce: true, then: true })
  })

  it('brings it back when the studio refuses', async () => {
    expect(await dismissed(500)).toEqual({ atOnce: true, then: false })
  })
})
