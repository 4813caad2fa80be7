import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { findings } from '../../../tests/axe'
import { jobType, limits } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import type { EngineServerOut, EngineStateOut, WorkerOut } from '@/api'
import EnginesPage from './EnginesPage'
import { measured, worker } from './fixtures'

const API = 'http://studio.test/api'

const attic: EngineServerOut = {
  id: '00000000-0000-4000-8000-000000000001',
  engine_id: 'comfyui-attic',
  kind: 'comfyui',
  name: 'Attic',
  address: 'http://192.168.1.20:8188',
  has_key: true,
  model: '',
  has_workflow: false,
  notes: [],
  enabled: true,
  works: true,
  fault: '',
  checked_at: new Date().toISOString(),
  answer_ms: 35,
  version: '0.3.60',
  models: ['harbour', 'meadow'],
  samplers: 2,
  loras: 0,
  created_at: new Date().toISOString(),
}
const sketchbook: EngineStateOut = {
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
const drawing = jobType()
const option = { id: 'comfyui-attic', name: 'Attic', stand_in: false, summary: '', model: '' }
drawing.engines = [
  ...drawing.engines,
  { ...option, limits: { ...limits, models: ['harbour', 'meadow'] } },
]

const ofAttic = {
  ...measured,
  engine_id: 'comfyui-attic',
  steps_per_second: 4.2,
  fault: 'Attic ran out of memory.',
  fault_at: '2026-11-01T11:00:00Z',
}

let servers: EngineServerOut[]
let fleet: WorkerOut[]
let sent: { method: string; path: string; body: unknown }[]

const page = (items: unknown[]) => HttpResponse.json({ items, next_cursor: null })

beforeEach(() => {
  servers = [attic]
  fleet = [worker]
  sent = []
  const note = async ({ request }: { request: Request }) => {
    const text = await request.text()
    const path = new URL(request.url).pathname.replace('/api', '')
    sent.push({ method: request.method, path, body: text ? JSON.parse(text) : null })
  }
  server.use(
    http.get(`${API}/engine-servers`, () => page(servers)),
    http.get(`${API}/engine-defaults`, () => page([])),
    http.get(`${API}/engines`, () => page([sketchbook])),
    http.get(`${API}/workers`, () => page(fleet)),
    http.get(`${API}/engine-measurements`, () => page([measured, ofAttic])),
    http.get(`${API}/job-types`, () => page([drawing])),
    http.post(`${API}/engine-servers`, async (info) => {
      await note(info)
      return HttpResponse.json(attic, { status: 201 })
    }),
    http.post(`${API}/engine-servers/:id/test`, async (info) => {
      await note(info)
      return HttpResponse.json({ ...attic, works: false, fault: 'Attic does not answer.' })
    }),
    http.patch(`${API}/engine-servers/:id`, async (info) => {
      await note(info)
      return HttpResponse.json(attic)
    }),
    http.delete(`${API}/engine-servers/:id`, async (info) => {
      await note(info)
      return new HttpResponse(null, { status: 204 })
    }),
    http.put(`${API}/engine-defaults/:use`, async (info) => {
      await note(info)
      return new HttpResponse(null, { status: 204 })
    }),
  )
})

const open = async () => {
  await renderPage(<EnginesPage />, { at: '/admin/engines' })
  return userEvent.setup()
}

describe('the page of engines', () => {
  it('tells how a server is, and has nothing to hide from a screen reader', async () => {
    await open()
    expect(await screen.findByText(/Works: version 0.3.60, 2 models/)).toBeInTheDocument()
    expect(await screen.findByText('4.2 steps a second.')).toBeInTheDocument()
    expect(screen.getByText(/Attic ran out of memory/)).toBeInTheDocument()
    expect(screen.getByLabelText('Works')).toBeInTheDocument()
    await screen.findByLabelText(/sdxl_image_fast/)
    expect(await findings(document.body)).toEqual([])
  })

  it('tells where an engine is loaded, how quick it is, and what the workers do', async () => {
    await open()
    const engines = within(await screen.findByRole('region', { name: 'What makes things' }))
    expect(await engines.findByText(/Loaded on hall \(812.0 MB\), at work/)).toBeInTheDocument()
    expect(engines.getByText(/12 steps a second/)).toBeInTheDocument()
    const all = within(screen.getByRole('region', { name: 'Workers' }))
    expect(await all.findByText(/with Sketchbook, step 3 of 20/)).toBeInTheDocument()
    expect(all.getByLabelText('At work')).toBeInTheDocument()
  })

  it('says how to get a worker where there is none', async () => {
    fleet = []
    await open()
    expect(await screen.findByText('Nothing works now')).toBeInTheDocument()
  })

  it('marks a worker that is silent', async () => {
    fleet = [{ ...worker, silent: true }]
    await open()
    expect(await screen.findByText(/Silent since/)).toBeInTheDocument()
  })

  it('teaches what a server is where there is none, and connects one', async () => {
    servers = []
    const user = await open()
    await user.click(await screen.findByRole('button', { name: 'Connect a server' }))
    const form = screen.getByRole('form', { name: 'Connect a server' })
    await user.click(within(form).getByRole('radio', { name: 'A1111, Forge, SD.Next' }))
    const fill = async (label: string | RegExp, text: string) => {
      await user.click(within(form).getByLabelText(label))
      await user.paste(text)
    }
    await fill('Name', 'Hall')
    await fill('Address', 'http://10.0.0.2:7860')
    await fill(/^Key/, 'private')
    await user.click(within(form).getByRole('button', { name: 'Connect and test' }))
    await waitFor(() =>
      expect(sent[0]?.body).toEqual({
        kind: 'a1111',
        name: 'Hall',
        address: 'http://10.0.0.2:7860',
        key: 'private',
        model: '',
      }),
    )
  })

  it('shows at its field what the studio refuses', async () => {
    server.use(
      http.patch(`${API}/engine-servers/:id`, () =>
        HttpResponse.json(
          { error: 'invalid', detail: 'Give another address.', field: 'address' },
          { status: 422 },
        ),
      ),
    )
    const user = await open()
    await user.click(await screen.findByRole('button', { name: 'Change Attic' }))
    await user.click(screen.getByRole('button', { name: 'Save and test' }))
    expect(await screen.findByText('Give another address.')).toBeInTheDocument()
    expect(screen.getByLabelText('Address')).toBeInvalid()
  })

  it('does not send a key or workflow that was left alone', async () => {
    const user = await open()
    await user.click(await screen.findByRole('button', { name: 'Change Attic' }))
    await user.click(screen.getByRole('button', { name: 'Save and test' }))
    await waitFor(() =>
      expect(sent[0]?.body).toEqual({ name: 'Attic', address: attic.address, model: '' }),
    )
  })

  it('tests, switches off and, asked twice, removes', async () => {
    const user = await open()
    await user.click(await screen.findByRole('button', { name: 'Test Attic' }))
    expect(await screen.findByText('Attic does not answer.')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Switch Attic off' }))
    await user.click(screen.getByRole('button', { name: 'Remove Attic' }))
    await user.click(screen.getByRole('button', { name: 'Remove it' }))
    await waitFor(() =>
      expect(sent.map(({ method, body }) => [method, body])).toEqual([
        ['POST', null],
        ['PATCH', { enabled: false }],
        ['DELETE', null],
      ]),
    )
  })

  it('chooses what is used', async () => {
    const user = await open()
    await user.selectOptions(await screen.findByLabelText(/sdxl_image_fast/), 'comfyui-attic')
    await waitFor(() =>
      expect(sent).toEqual([
        {
          method: 'PUT',
          path: '/engine-defaults/sdxl_image_fast',
          body: { engine: 'comfyui-attic', model: '' },
        },
      ]),
    )
  })

  it('says who may come here', async () => {
    server.use(
      http.get(`${API}/engine-servers`, () =>
        HttpResponse.json(
          { error: 'forbidden', detail: 'Ask an admin.', field: null },
          { status: 403 },
        ),
      ),
    )
    await open()
    expect(await screen.findByText('Ask an admin.')).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
  })
})
