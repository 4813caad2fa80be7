import { screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { findings } from '../../../tests/axe'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import type { ModelFileOut, ModelShelfOut, ModelUploadOut } from '@/api'
import ModelsPage from './ModelsPage'
import { resetSendings } from './sending'

const API = 'http://studio.test/api'
const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

const ink: ModelFileOut = {
  id: id(1),
  name: 'styles/ink',
  place: '/models/loras/styles/ink.safetensors',
  kind: 'lora',
  family: 'sdxl',
  family_label: 'Stable Diffusion XL',
  runs: true,
  title: 'Ink',
  author: 'Ada',
  licence: 'CC-BY-4.0',
  description: 'Washes of ink',
  triggers: ['inkwash'],
  resolution: '1024 x 1024',
  prediction_type: 'epsilon',
  precision: 'F16',
  parameters: 22_000_000,
  folder: false,
  size: 44_000_000,
  sha256: 'ab'.repeat(32),
  hashed: 1,
  hash_agrees: true,
  fault: '',
  preview_url: null,
  fits: ['harbour'],
  fitting: 3,
  uses: 12,
  last_used_at: new Date().toISOString(),
  removable: true,
  missing_since: null,
  created_at: new Date().toISOString(),
}
const shelf: ModelShelfOut = {
  folders: [{ path: '/models', writable: true, free: 90_000_000_000 }],
  counts: [
    { kind: 'lora', family: 'sdxl', family_label: 'Stable Diffusion XL', count: 1 },
    { kind: 'checkpoint', family: 'sd15', family_label: 'Stable Diffusion 1.5', count: 2 },
  ],
  problems: [],
}
const begun: ModelUploadOut = {
  id: id(7),
  name: 'chalk.safetensors',
  size: 10,
  offset: 0,
  part_bytes: 4,
  created_at: new Date().toISOString(),
}

let files: ModelFileOut[]
let problems: ModelShelfOut['problems']
let uploads: ModelUploadOut[]
let sent: string[]
let asked: URLSearchParams[]

const page = (items: unknown[]) => HttpResponse.json({ items, next_cursor: null })

beforeEach(() => {
  resetSendings()
  files = [ink]
  problems = []
  uploads = []
  sent = []
  asked = []
  server.use(
    http.get(`${API}/model-files`, ({ request }) => {
      asked.push(new URL(request.url).searchParams)
      return page(files)
    }),
    http.get(`${API}/model-shelf`, () => HttpResponse.json({ ...shelf, problems })),
    http.get(`${API}/model-uploads`, () => page(uploads)),
    http.get(`${API}/job-types`, () => page([])),
    http.post(`${API}/model-shelf/scan`, () =>
      HttpResponse.json({ found: 2, changed: 1, missing: 0 }),
    ),
    http.post(`${API}/model-uploads`, async ({ request }) => {
      sent.push(`begin ${JSON.stringify(await request.json())}`)
      return HttpResponse.json(begun, { status: 201 })
    }),
    http.put(`${API}/model-uploads/:id`, async ({ request }) => {
      const offset = Number(new URL(request.url).searchParams.get('offset'))
      const part = await request.text()
      sent.push(`${offset} ${part}`)
      return HttpResponse.json({ ...begun, offset: offset + part.length })
    }),
    http.post(`${API}/model-uploads/:id/finish`, () => {
      sent.push('finish')
      return HttpResponse.json({ ...ink, name: 'chalk' })
    }),
    http.delete(`${API}/model-uploads/:id`, () => {
      uploads = []
      return new HttpResponse(null, { status: 204 })
    }),
    http.delete(`${API}/model-files/:id`, ({ request }) => {
      const force = new URL(request.url).searchParams.get('force')
      sent.push(`remove ${force}`)
      if (force !== 'true') {
        return HttpResponse.json(
          { error: 'model_file_in_use', detail: '2 jobs wait for it.', field: null },
          { status: 409 },
        )
      }
      return new HttpResponse(null, { status: 204 })
    }),
  )
})

const open = async () => {
  await renderPage(<ModelsPage />, { at: '/admin/models' })
  return userEvent.setup()
}

const chosen = (name: string, text: string) => new File([text], name)

describe('the page of models', () => {
  it('shows what is there, and all of a file that is pressed', async () => {
    problems = [{ code: 'no_model_for_lora', message: 'old cannot be used.' }]
    const user = await open()
    const row = await screen.findByRole('button', { name: 'Ink, LoRA' })
    expect(screen.getByText(/44.0 MB/)).toBeInTheDocument()
    expect(screen.getByText('used 12 times')).toBeInTheDocument()
    expect(await screen.findByText('old cannot be used.')).toBeInTheDocument()
    await user.click(row)
    expect(await screen.findByText('harbour and 2 more')).toBeInTheDocument()
    expect(screen.getByText('CC-BY-4.0')).toBeInTheDocument()
    expect(screen.getByText(/90.0 GB free/)).toBeInTheDocument()
    expect(await findings(document.body)).toEqual([])
  })

  it('narrows the list by kind and family', async () => {
    const user = await open()
    await screen.findByRole('option', { name: 'LoRA' })
    await user.selectOptions(screen.getByLabelText('Kind'), 'lora')
    await waitFor(() => expect(asked.at(-1)?.get('kind')).toBe('lora'))
    await user.selectOptions(screen.getByLabelText('Family'), 'Stable Diffusion 1.5')
    await waitFor(() => expect(asked.at(-1)?.get('family')).toBe('sd15'))
  })

  it('teaches where files go where there are none', async () => {
    files = []
    await open()
    expect(await screen.findByText(/models into sdxl, LoRAs into loras/)).toBeInTheDocument()
    expect(screen.getAllByRole('button', { name: 'Install a model' })).toHaveLength(2)
  })

  it('sends a file in parts and tells when it is installed', async () => {
    const user = await open()
    await screen.findByText('Ink')
    await user.upload(
      screen.getByLabelText('Model file'),
      chosen('chalk.safetensors', '0123456789'),
    )
    await waitFor(() =>
      expect(sent).toEqual([
        'begin {"name":"chalk.safetensors","size":10}',
        '0 0123',
        '4 4567',
        '8 89',
        'finish',
      ]),
    )
    await waitFor(() => expect(screen.queryByRole('progressbar')).toBeNull())
  })

  it('goes on with an upload that an earlier page began, with the same file alone', async () => {
    uploads = [{ ...begun, offset: 8 }]
    const user = await open()
    const bar = await screen.findByRole('progressbar')
    expect(bar).toHaveAttribute('aria-valuenow', '80')
    const field = screen.getByLabelText('Go on with chalk.safetensors')
    await user.upload(field, chosen('chalk.safetensors', 'too short'))
    expect(sent).toEqual([])
    await user.upload(field, chosen('chalk.safetensors', '0123456789'))
    await waitFor(() => expect(sent).toEqual(['8 89', 'finish']))
  })

  it('cancels an upload', async () => {
    uploads = [begun]
    const user = await open()
    await user.click(await screen.findByRole('button', { name: 'Cancel chalk.safetensors' }))
    await waitFor(() => expect(screen.queryByRole('progressbar')).toBeNull())
  })

  it('asks twice before a file is removed, and again where something needs it', async () => {
    const user = await open()
    await user.click(await screen.findByRole('button', { name: 'Ink, LoRA' }))
    await user.click(await screen.findByRole('button', { name: 'Remove styles/ink' }))
    await user.click(screen.getByRole('button', { name: /from disk/ }))
    expect(await screen.findByText('2 jobs wait for it.')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Remove it anyway' }))
    await waitFor(() => expect(sent).toEqual(['remove false', 'remove true']))
  })
})
