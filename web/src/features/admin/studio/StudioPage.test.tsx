import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { worker } from '@/features/engines/fixtures'
import { page } from '../fixtures'
import StudioPage from './StudioPage'

const API = 'http://studio.test/api'
const READY = { ready: true, database: true, structure: true, live_events: true }
const ENGINE = {
  id: 'sketchbook',
  name: 'Sketchbook',
  modality: 'image',
  version: '1.0',
  summary: 'A mini model for trying the studio.',
  model: 'Sketchbook flow model',
  licence: 'Apache-2.0',
  stand_in: true,
  available: true,
  reason: '',
  remedy: '',
}
const CONFIG = {
  id: 'c1',
  model_type: 'SDXL',
  config_name: 'quiet steps',
  config_data: { steps: 20 },
  is_active: false,
  created_by: null,
  created_at: '2026-11-01T10:00:00Z',
  notes: null,
}
const CACHE = {
  present: true,
  valid: true,
  stale: false,
  current: false,
  reason: '',
  hash: 'ab',
  built_at: '2026-11-01T10:00:00Z',
  age_s: 10,
  templates: 14,
  negative_prompts: 4,
}

beforeEach(() => {
  server.use(
    http.get(`${API}/health/ready`, () => HttpResponse.json(READY)),
    http.get(`${API}/health/live`, () => HttpResponse.json({ status: 'ok', version: '1.2.3' })),
    http.get(`${API}/engines`, () =>
      HttpResponse.json(
        page([
          ENGINE,
          { ...ENGINE, id: 'x', name: 'SDXL', available: false, remedy: 'Run `pip install x`.' },
        ]),
      ),
    ),
    http.get(`${API}/workers`, () => HttpResponse.json(page([worker]))),
    http.get(`${API}/model-configs`, () => HttpResponse.json(page([CONFIG]))),
    http.get(`${API}/prompts/cache`, () => HttpResponse.json(CACHE)),
  )
})

const open = () => renderPage(<StudioPage />, { at: '/admin' })

it('shows whether the studio works and what it works with', async () => {
  await open()
  expect(await screen.findByText('1.2.3')).toBeVisible()
  expect(screen.getByText('answers')).toBeVisible()
  expect(await screen.findByText(/1 of 2 engines can run. 1 worker, 1 at work/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Engines and workers' })).toBeVisible()
  expect(await screen.findByText('behind the tables')).toBeVisible()
  expect(screen.getByText('14')).toBeVisible()
  expect(await findings(document.body)).toEqual([])
})

it('names what does not work', async () => {
  server.use(
    http.get(`${API}/health/ready`, () =>
      HttpResponse.json({ ...READY, ready: false, live_events: false }, { status: 503 }),
    ),
  )
  await open()
  expect(await screen.findByRole('heading', { name: 'Something is wrong' })).toBeVisible()
  expect(screen.getByText('do not arrive')).toBeVisible()
  expect(screen.getByText('answers')).toBeVisible()
})

it('puts a configuration to use', async () => {
  let active = false
  server.use(
    http.get(`${API}/model-configs`, () =>
      HttpResponse.json(page([{ ...CONFIG, is_active: active }])),
    ),
    http.post(`${API}/model-configs/c1/activate`, () => {
      active = true
      return HttpResponse.json({ ...CONFIG, is_active: true })
    }),
  )
  await open()
  await userEvent.click(await screen.findByRole('button', { name: 'Use quiet steps' }))
  expect(await screen.findByRole('button', { name: 'Stop using quiet steps' })).toBeVisible()
})

it('builds the prompt cache anew', async () => {
  let current = false
  server.use(
    http.get(`${API}/prompts/cache`, () => HttpResponse.json({ ...CACHE, current })),
    http.post(`${API}/prompts/cache/refresh`, () => {
      current = true
      return HttpResponse.json({ templates: 15, negative_prompts: 4, hash: 'b', built_at: 'now' })
    }),
  )
  await open()
  const panel = within(await screen.findByRole('region', { name: 'Prompt cache' }))
  await userEvent.click(panel.getByRole('button', { name: 'Build anew' }))
  await waitFor(() => expect(panel.getByText('current')).toBeVisible())
  expect(screen.getByText('Built anew: 15 templates, 4 negative prompts')).toBeVisible()
})
