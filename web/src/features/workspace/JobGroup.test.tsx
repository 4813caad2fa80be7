import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'
import { findings } from '../../../tests/axe'
import { asset, job, progress } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import type { JobOut } from '@/api'
import { keys } from '@/api/keys'
import { coverAll } from '@/features/rating/cover'
import { JobGroup } from './JobGroup'

const API = 'http://studio.test/api'

async function shown(made: JobOut) {
  const actions = {
    keep: vi.fn(),
    keepAll: vi.fn(),
    discard: vi.fn(),
    again: vi.fn(),
    reference: vi.fn(),
    part: vi.fn(),
    move: vi.fn(),
    upscale: vi.fn(),
  }
  const on = { open: vi.fn(), menu: vi.fn(), edit: vi.fn(), hide: vi.fn() }
  const view = await renderPage(
    <JobGroup job={made} width={1000} retentionDays={7} actions={actions} on={on} />,
  )
  return { ...view, actions, on, user: userEvent.setup() }
}

const running = job(1, {
  status: 'processing',
  count: 3,
  assets: [asset(0)],
  progress: progress({ stage: 'generating', index: 1, step: 2, steps: 10 }),
})

describe('a job that runs', () => {
  it('keeps a place for every picture, and follows its progress', async () => {
    const { client, container } = await shown(running)
    expect(screen.getByText('making 2 of 3, step 2 of 10')).toBeVisible()
    expect(screen.getByRole('img', { name: '20 % made' })).toBeVisible()
    expect(container.querySelectorAll('[style*="aspect-ratio"]')).toHaveLength(3)
    client.setQueryData(
      keys.progress(running.id),
      progress({
        stage: 'generating',
        index: 1,
        step: 5,
        steps: 10,
        eta_seconds: 4,
        preview_url: `/api/jobs/${running.id}/preview/1?v=5`,
      }),
    )
    expect(await screen.findByText('making 2 of 3, step 5 of 10, about 4 s')).toBeVisible()
    expect(container.querySelector('img[src*="preview/1"]')).toBeInTheDocument()
  })

  it('can be cancelled', async () => {
    let cancelled = false
    server.use(
      http.post(`${API}/jobs/${running.id}/cancel`, () => {
        cancelled = true
        return HttpResponse.json({ ...running, status: 'failed' })
      }),
    )
    const { user } = await shown(running)
    const [first] = screen.getAllByRole('button', { name: 'Cancel' })
    if (first) await user.click(first)
    await waitFor(() => expect(cancelled).toBe(true))
  })
})

describe('a job that is done', () => {
  const done = job(2, { count: 2, assets: [asset(0, { saved: true }), asset(1)] })

  it('offers what can be done with each picture', async () => {
    const { user, actions, on } = await shown(done)
    await user.click(screen.getByRole('button', { name: 'Keep' }))
    expect(actions.keep).toHaveBeenCalledWith(done, done.assets[1])
    await user.click(screen.getAllByRole('button', { name: 'Open' })[1]!)
    expect(on.open).toHaveBeenCalledWith(asset(1).id)
    await user.click(screen.getAllByRole('button', { name: 'Use as reference' })[0]!)
    expect(actions.reference).toHaveBeenCalledWith(done.assets[0])
    expect(screen.getByTitle('In the library')).toBeVisible()
  })

  it('offers what can be done with all of them', async () => {
    const { user, actions, on } = await shown(done)
    await user.click(screen.getByRole('button', { name: 'Keep all' }))
    await user.click(screen.getByRole('button', { name: 'Discard all' }))
    await user.click(screen.getByRole('button', { name: 'Edit and make' }))
    expect(actions.keepAll).toHaveBeenCalledWith(done)
    expect(actions.discard).toHaveBeenCalledWith(done, done.assets)
    expect(on.edit).toHaveBeenCalledWith(done)
  })

  it('tells the warnings of the engine', async () => {
    await shown({ ...done, warnings: [{ code: 'size_snapped', message: 'Made at 1024 x 768.' }] })
    expect(screen.getByText('Made at 1024 x 768.')).toBeVisible()
  })

  it('has nothing that axe objects to', async () => {
    const { container } = await shown(done)
    expect(await findings(container)).toEqual([])
  })
})

describe('a job that failed', () => {
  const failed = job(3, {
    status: 'failed',
    error: { code: 'timeout', message: 'The engine took longer than 10 minutes.', retryable: true },
  })

  it('says why and can be tried again', async () => {
    let retried = false
    server.use(
      http.post(`${API}/jobs/${failed.id}/retry`, () => {
        retried = true
        return HttpResponse.json(job(4, { status: 'queued' }), { status: 202 })
      }),
    )
    const { user } = await shown(failed)
    expect(screen.getByText('The engine took longer than 10 minutes.')).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(retried).toBe(true))
  })

  it('offers no second try where that cannot help, and can be hidden', async () => {
    const refused = {
      ...failed,
      error: { code: 'screened_text', message: 'No.', retryable: false },
    }
    const { user, on } = await shown(refused)
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Hide' }))
    expect(on.hide).toHaveBeenCalledWith(failed.id)
  })
})

it('a covered clip does not play while it is pointed at', async () => {
  coverAll()
  server.use(
    http.get(`${API}/me/content`, () =>
      HttpResponse.json({ mode: 'adult', blur: true, age_check: 'confirmed', steps: [] }),
    ),
  )
  const clip = asset(0, {
    mime_type: 'video/mp4',
    duration_seconds: 5,
    preview_url: '/api/files/workspace-temp/0.preview.mp4',
    rating: 'adult',
  })
  const { container, user } = await shown(job(3, { format: 'video', assets: [clip] }))
  const cover = await screen.findByRole('button', { name: /for adults/ })
  await user.hover(cover)
  expect(container.querySelector('video')).toBeNull()
  await user.click(cover)
  await waitFor(() => expect(container.querySelector('video')).toBeInTheDocument())
})
