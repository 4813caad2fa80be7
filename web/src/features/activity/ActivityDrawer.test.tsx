import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it, vi } from 'vitest'
import { findings } from '../../../tests/axe'
import { asset, job, progress } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import ActivityDrawer from './ActivityDrawer'

const API = 'http://studio.test/api'
const running = job(4, {
  status: 'processing',
  original_prompt: 'an owl',
  count: 2,
  progress: progress({ stage: 'generating', index: 0, step: 3, steps: 15, fraction: 0.1 }),
})
const waiting = job(5, { status: 'queued', original_prompt: 'a boat', queue_position: 1 })
const failed = job(3, {
  status: 'failed',
  original_prompt: 'a teapot',
  error: { code: 'timeout', message: 'The engine took too long.', retryable: true },
})
const done = job(2, { original_prompt: 'a fox', assets: [asset(0), asset(1)] })

beforeEach(() => {
  server.use(
    http.get(`${API}/jobs`, ({ request }) => {
      const status = new URL(request.url).searchParams.get('status')
      const items =
        status === 'processing'
          ? [running]
          : status === 'queued'
            ? [waiting]
            : [waiting, running, failed, done]
      return HttpResponse.json({ items, next_cursor: null })
    }),
  )
})

it('shows what runs, waits, failed and is done', async () => {
  await renderPage(<ActivityDrawer onClose={vi.fn()} />)
  expect(await screen.findByText('making 1 of 2, step 3 of 15')).toBeVisible()
  expect(screen.getByText('waiting, 1st in line')).toBeVisible()
  expect(await screen.findByText('The engine took too long.')).toBeVisible()
  expect(screen.getByText(/2 pictures/)).toBeVisible()
  expect(await findings(document.body)).toEqual([])
})

it('cancels one and tries another again', async () => {
  const asked: string[] = []
  server.use(
    http.post(`${API}/jobs/:id/:what`, ({ params }) => {
      asked.push(`${String(params.what)} ${String(params.id)}`)
      return HttpResponse.json(job(9, { status: 'queued' }), { status: 202 })
    }),
  )
  const user = userEvent.setup()
  await renderPage(<ActivityDrawer onClose={vi.fn()} />)
  await user.click(await screen.findByRole('button', { name: 'Cancel: a boat' }))
  const row = (await screen.findByText('a teapot')).closest('li')
  await user.click(within(row ?? document.body).getByRole('button', { name: 'Try again' }))
  await waitFor(() => expect(asked).toEqual([`cancel ${waiting.id}`, `retry ${failed.id}`]))
})

it('leads to the pictures of a finished job', async () => {
  const close = vi.fn()
  const user = userEvent.setup()
  const { router } = await renderPage(<ActivityDrawer onClose={close} />, { at: '/library' })
  await user.click(await screen.findByRole('button', { name: 'Show' }))
  await waitFor(() => expect(router.state.location.pathname).toBe('/workspace'))
  expect(router.state.location.search).toEqual({ view: asset(0).id })
  expect(close).toHaveBeenCalled()
})

it('says so when it cannot be read, and reads again', async () => {
  server.use(http.get(`${API}/jobs`, () => HttpResponse.error()))
  await renderPage(<ActivityDrawer onClose={vi.fn()} />)
  expect(await screen.findByText('The activity could not be read')).toBeVisible()
})
