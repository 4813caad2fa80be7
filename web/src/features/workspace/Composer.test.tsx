import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { asset, credits, job, jobType, limits } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import type { EnhanceOut, JobIn } from '@/api'
import { listenToKeys } from '@/keys/dispatch'
import { Composer } from './Composer'
import { DRAGGED } from './dragging'
import { getDraft, patchDraft, resetDraft } from './draft'

const API = 'http://studio.test/api'
const high = jobType({ job_type: 'sdxl_image_high', quality: 'high', credits: 2 })
const video = jobType({
  job_type: 'video_fast',
  format: 'video',
  available: false,
  engine: null,
  limits: null,
  reason: 'No engine makes clips.',
  remedy: 'Connect a WAN engine.',
})

function enhanced(change: Partial<EnhanceOut> = {}): EnhanceOut {
  return {
    original_prompt: 'a red fox',
    enhanced_prompt: 'a red fox, in soft light',
    strategy: 'rules',
    template: null,
    fallback_level: 'exact',
    trace: { key: [], steps: [], source: 'cache', cache_age_s: 1 },
    tokens: 9,
    token_limit: 75,
    token_estimator: 'clip',
    cut: ['highly detailed'],
    notes: [{ code: 'suggestion_empty', message: 'The model wrote nothing usable.' }],
    expansion_percent: 100,
    time_ms: 12,
    engine: null,
    ...change,
  }
}

/** The events of a rewriting; without a whole one the stream stays open. */
function streamed(whole: EnhanceOut | null, ...pieces: string[]): HttpResponse<ReadableStream> {
  const write = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
  const body = new ReadableStream({
    start(stream) {
      const send = (text: string) => stream.enqueue(new TextEncoder().encode(text))
      for (const text of pieces) send(write('delta', { text }))
      if (!whole) return
      send(write('done', whole))
      stream.close()
    },
  })
  return new HttpResponse(body, { headers: { 'Content-Type': 'text/event-stream' } })
}

let sent: { body: JobIn; key: string | null }[] = []

beforeEach(() => {
  resetDraft()
  sent = []
  server.use(
    http.get(`${API}/job-types`, () =>
      HttpResponse.json({ items: [jobType(), high, video], next_cursor: null }),
    ),
    http.get(`${API}/me/credits`, () => HttpResponse.json(credits({ enabled: false }))),
    http.post(`${API}/jobs`, async ({ request }) => {
      sent.push({
        body: (await request.json()) as JobIn,
        key: request.headers.get('idempotency-key'),
      })
      return HttpResponse.json(job(1, { status: 'queued' }), { status: 202 })
    }),
  )
})

const prompt = () => screen.getByRole('textbox', { name: 'Prompt' })
const make = () => screen.getByRole('button', { name: 'Make' })

async function ready() {
  const user = userEvent.setup()
  await renderPage(<Composer />)
  await screen.findByText('Sketchbook')
  return user
}

describe('making', () => {
  it('needs words, and sends only what was chosen, with a key of its own', async () => {
    const user = await ready()
    expect(make()).toBeDisabled()
    await user.type(prompt(), 'a red fox')
    await user.click(make())
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]?.body).toEqual({
      prompt: 'a red fox',
      job_type: 'sdxl_image_fast',
      count: 3,
      destination: 'workspace',
    })
    expect(sent[0]?.key).toMatch(/^[0-9a-f]{32}$/)
  })

  it('says the price and the time before', async () => {
    const user = await ready()
    expect(screen.getByText('3 pictures · 3 credits · about 5 s')).toBeVisible()
    await user.click(screen.getByRole('radio', { name: /High/ }))
    await user.click(screen.getByRole('radio', { name: '6' }))
    expect(screen.getByText('6 pictures · 12 credits · about 9 s')).toBeVisible()
  })

  it('costs no more than one has, and says so before', async () => {
    server.use(
      http.get(`${API}/me/credits`, () => HttpResponse.json(credits({ balance: 2, reserved: 0 }))),
    )
    const user = await ready()
    await user.type(prompt(), 'a red fox')
    expect(
      await screen.findByText(/^This costs 3 credits and you have 2: make fewer/),
    ).toBeVisible()
    expect(screen.getByRole('button', { name: 'Make' })).toBeDisabled()
    await user.click(screen.getByRole('radio', { name: '1' }))
    expect(screen.getByRole('button', { name: 'Make' })).toBeEnabled()
  })

  it('works by Ctrl Enter from within the prompt', async () => {
    const stop = listenToKeys()
    const user = await ready()
    await user.type(prompt(), 'a red fox{Control>}{Enter}{/Control}')
    await waitFor(() => expect(sent).toHaveLength(1))
    stop()
  })

  it('sends shape, seed, steps and negative words that were set', async () => {
    const user = await ready()
    server.use(
      http.get(`${API}/prompts/negative`, () =>
        HttpResponse.json({
          base_negative_prompt: 'blurry, watermark',
          items: ['blurry', 'watermark'],
          model_type: 'sdxl',
          content_mode: 'sfw',
        }),
      ),
    )
    await user.type(prompt(), 'a red fox')
    await user.click(screen.getByRole('radio', { name: /^4:3/ }))
    await user.type(screen.getByLabelText('Seed'), '42x')
    await user.click(screen.getByRole('button', { name: 'Negative' }))
    await user.type(screen.getByRole('textbox', { name: 'Negative prompt' }), 'rain')
    expect(await screen.findByText(/blurry, watermark/)).toBeVisible()
    await user.click(make())
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]?.body).toMatchObject({
      width: 1024,
      height: 768,
      seed: 42,
      negative_prompt: 'rain',
    })
  })

  it('says why not when the studio refuses, and keeps the words', async () => {
    const user = await ready()
    server.use(
      http.post(`${API}/jobs`, () =>
        HttpResponse.json(
          { error: 'invalid', detail: 'This prompt cannot be made here.', field: 'prompt' },
          { status: 422 },
        ),
      ),
    )
    await user.type(prompt(), 'a red fox')
    await user.click(make())
    expect(await screen.findByText('This prompt cannot be made here.')).toBeVisible()
    expect(prompt()).toHaveValue('a red fox')
  })
})

describe('controls', () => {
  it('are chosen from what the studio offers, and sent', async () => {
    const choice = (value: string, words: string) => ({ value, words })
    server.use(
      http.get(`${API}/prompts/controls`, () =>
        HttpResponse.json({
          shot: [choice('wide', 'wide shot')],
          angle: [choice('low_angle', 'low angle view')],
          aspect: [],
          style_tokens: 24,
        }),
      ),
    )
    const user = await ready()
    await user.type(prompt(), 'a red fox')
    await user.click(screen.getByRole('button', { name: /Advanced/ }))
    await screen.findByRole('option', { name: 'Wide shot' })
    await user.selectOptions(screen.getByLabelText('Framing'), 'Wide shot')
    await user.selectOptions(screen.getByLabelText('Angle'), 'Low angle view')
    await user.selectOptions(screen.getByLabelText('Angle'), 'As the prompt says')
    await user.type(screen.getByLabelText('Style'), 'ink')
    expect(screen.getByTitle('Something is changed here')).toBeVisible()
    await user.click(make())
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]?.body.controls).toEqual({ shot: 'wide', angle: null, style: 'ink' })
  })
})

describe('improving', () => {
  it('shows the rewriting with its notes, and uses it only when told', async () => {
    server.use(http.post(`${API}/prompts/enhance/stream`, () => streamed(enhanced())))
    const user = await ready()
    await user.type(prompt(), 'a red fox')
    await user.click(screen.getByRole('button', { name: 'Improve' }))
    expect(await screen.findByRole('textbox', { name: 'Improved prompt' })).toHaveValue(
      'a red fox, in soft light',
    )
    expect(screen.getByText(', in soft light', { selector: 'mark' })).toBeInTheDocument()
    expect(screen.getByText('The model wrote nothing usable.')).toBeVisible()
    expect(screen.getByText('Did not fit: highly detailed')).toBeVisible()
    await user.click(make())
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]?.body.enhanced_prompt).toBeUndefined()

    await user.click(screen.getByRole('button', { name: 'Use' }))
    await user.type(screen.getByRole('textbox', { name: 'Improved prompt' }), ', dawn')
    await user.click(make())
    await waitFor(() => expect(sent).toHaveLength(2))
    expect(sent[1]?.body).toMatchObject({
      prompt: 'a red fox',
      enhanced_prompt: 'a red fox, in soft light, dawn',
    })
  })

  it('shows what the model writes, and stops when told', async () => {
    server.use(
      http.post(`${API}/prompts/enhance/stream`, () => streamed(null, 'soft ', 'light, ', 'calm')),
    )
    const user = await ready()
    await user.type(prompt(), 'a red fox')
    await user.click(screen.getByRole('button', { name: 'Improve' }))
    expect(await screen.findByText('soft light, calm')).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Stop' }))
    expect(await screen.findByRole('button', { name: 'Improve' })).toBeEnabled()
    expect(screen.queryByRole('alert')).not.toBeInTheDocument()
    expect(getDraft().improved).toBeNull()
  })

  it('says why nothing was improved', async () => {
    server.use(
      http.post(`${API}/prompts/enhance/stream`, () =>
        HttpResponse.json({ error: 'screened_text', detail: 'Not here.' }, { status: 422 }),
      ),
    )
    const user = await ready()
    await user.type(prompt(), 'a red fox')
    await user.click(screen.getByRole('button', { name: 'Improve' }))
    expect(await screen.findByText('Not here.')).toBeVisible()
  })

  it('does not use a rewriting of other words', async () => {
    server.use(http.post(`${API}/prompts/enhance/stream`, () => streamed(enhanced())))
    const user = await ready()
    await user.type(prompt(), 'a red fox')
    await user.click(screen.getByRole('button', { name: 'Improve' }))
    await user.click(await screen.findByRole('button', { name: 'Use' }))
    await user.type(prompt(), ' at night')
    expect(screen.getByText(/Your prompt has changed since/)).toBeVisible()
    await user.click(make())
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]?.body.enhanced_prompt).toBeUndefined()
  })

  it('can be discarded', async () => {
    const user = await ready()
    patchDraft({
      prompt: 'a',
      improved: { source: 'a', text: 'a b', inUse: true, notes: [], cut: [], by: 'by rules' },
    })
    await user.click(await screen.findByRole('button', { name: 'Discard the improved prompt' }))
    expect(getDraft().improved).toBeNull()
  })
})

describe('a reference', () => {
  it('comes from a picture that is dropped', async () => {
    await ready()
    const { fireEvent } = await import('@testing-library/react')
    const dataTransfer = {
      types: [DRAGGED],
      files: [],
      getData: (kind: string) => (kind === DRAGGED ? JSON.stringify(asset(0)) : ''),
    }
    fireEvent.drop(prompt(), { dataTransfer })
    expect(await screen.findByAltText('The reference')).toBeVisible()
    expect(screen.getByText('50 %: keeps the layout, redraws the rest')).toBeVisible()
    expect(getDraft().reference?.assetId).toBe(asset(0).id)
  })

  it('comes from a file, and goes along with the job', async () => {
    server.use(
      http.post(`${API}/uploads`, () =>
        HttpResponse.json(
          { ...asset(7), id: 'up', url: '/u', thumbnail_url: '/t' },
          { status: 201 },
        ),
      ),
    )
    const user = await ready()
    const field = document.querySelector<HTMLInputElement>('input[type="file"]')
    if (!field) throw new Error('There is no field for a file.')
    await user.upload(field, new File(['x'], 'a.png', { type: 'image/png' }))
    await screen.findByAltText('The reference')
    await user.type(prompt(), 'a red fox')
    await user.click(make())
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]?.body.reference).toEqual({ asset_id: 'up', strength: 0.5 })
  })
})

describe('a part of the reference', () => {
  const reference = {
    assetId: 'r',
    url: '/r',
    thumbnailUrl: '/t',
    width: 640,
    height: 480,
    rating: 'general' as const,
  }
  const part = { mask: `data:image/png;base64,${btoa('mask')}`, maskId: null, extend: null }

  it('is drawn anew by a mask that is brought along once, before the job', async () => {
    let uploads = 0
    server.use(
      http.post(`${API}/uploads`, () => {
        uploads += 1
        return HttpResponse.json({ ...asset(7), id: 'mask' }, { status: 201 })
      }),
    )
    patchDraft({ prompt: 'a blue door', reference, part, strength: 0.9 })
    const user = await ready()
    expect(screen.getByText('The painted part is drawn anew.')).toBeVisible()
    await user.click(make())
    await waitFor(() => expect(sent).toHaveLength(1))
    await user.click(make())
    await waitFor(() => expect(sent).toHaveLength(2))
    expect(sent[1]?.body.reference).toEqual({ asset_id: 'r', strength: 0.9, mask: 'mask' })
    expect(uploads).toBe(1)
  })

  it('is given up for all of it', async () => {
    patchDraft({ prompt: 'a blue door', reference, part, strength: 0.9 })
    const user = await ready()
    await user.click(screen.getByRole('button', { name: 'Take all of it' }))
    await user.click(make())
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]?.body.reference).toEqual({ asset_id: 'r', strength: 0.5 })
  })

  it('is offered only where the engine can', async () => {
    const unable = jobType({ limits: { ...limits, inpainting: false } })
    server.use(http.get(`${API}/job-types`, () => HttpResponse.json({ items: [unable] })))
    patchDraft({ prompt: 'a blue door', reference })
    await ready()
    expect(screen.queryByRole('button', { name: 'Change a part…' })).toBeNull()
    expect(make()).toBeEnabled()
    act(() => patchDraft({ part }))
    expect(make()).toBeDisabled()
    expect(screen.getByText(/cannot draw a part of a picture anew/)).toBeVisible()
  })
})

describe('settings', () => {
  it('send steps only when they were moved, and can take that back', async () => {
    const user = await ready()
    await user.click(screen.getByRole('button', { name: 'Advanced' }))
    const { fireEvent } = await import('@testing-library/react')
    fireEvent.change(screen.getByLabelText('Steps'), { target: { value: '20' } })
    expect(getDraft().steps).toBe(20)
    await user.click(screen.getByRole('button', { name: 'Reset' }))
    expect(getDraft().steps).toBeNull()
  })

  it('show what cannot be made here, and why', async () => {
    const user = await ready()
    await user.click(screen.getByRole('button', { name: 'Advanced' }))
    const list = screen.getByLabelText('All job types')
    expect(within(list).getByRole('option', { name: /video_fast/ })).toBeDisabled()
    expect(screen.getByText(/No engine makes clips. Connect a WAN engine./)).toBeVisible()
  })

  it('roll, hold and let go of a seed', async () => {
    const user = await ready()
    await user.click(screen.getByRole('button', { name: 'Roll a seed and hold it' }))
    expect(getDraft().seed).not.toBeNull()
    expect(screen.getByRole('button', { name: 'Hold the seed' })).toHaveAttribute(
      'aria-pressed',
      'true',
    )
    await user.click(screen.getByRole('button', { name: 'Hold the seed' }))
    expect(getDraft().seed).toBeNull()
  })

  it('offer no negative words to an engine that reads none', async () => {
    server.use(
      http.get(`${API}/job-types`, () =>
        HttpResponse.json({
          items: [jobType({ limits: { ...limits, negative_prompt: false } })],
          next_cursor: null,
        }),
      ),
    )
    await ready()
    expect(screen.getByRole('button', { name: 'Negative' })).toBeDisabled()
  })
})
