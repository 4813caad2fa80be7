import { screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'
import { job } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import { askToUpscale } from './asking'
import UpscaleSheet from './UpscaleSheet'

const POSSIBLE = {
  available: true,
  reason: '',
  remedy: '',
  engine: { id: 'real-esrgan', name: 'Real-ESRGAN', stand_in: false },
  models: ['fast', 'careful'],
  factors: [2, 4],
  credits: 1,
  max_side: 8192,
  max_pixels: 33_554_432,
}

const picture = (width: number, height: number) => ({
  id: '0190f1d6-0000-7000-8000-000000000001',
  width,
  height,
  thumbnailUrl: '/api/files/p.webp',
})

function possible(part: object = {}) {
  server.use(
    http.get('http://studio.test/api/upscaling', () => HttpResponse.json({ ...POSSIBLE, ...part })),
  )
}

describe('the sheet of upscaling', () => {
  it('says how large the picture will be, and queues what was chosen', async () => {
    possible()
    const bodies: unknown[] = []
    server.use(
      http.post('http://studio.test/api/jobs/upscale', async ({ request }) => {
        bodies.push(await request.json())
        return HttpResponse.json(job(1), { status: 202 })
      }),
    )
    const close = vi.fn()
    askToUpscale(picture(512, 768))
    await renderPage(<UpscaleSheet onClose={close} />)
    expect(await screen.findByText('1024 × 1536')).toBeVisible()
    await userEvent.click(screen.getByRole('radio', { name: '4 times' }))
    expect(screen.getByText('2048 × 3072')).toBeVisible()
    await userEvent.click(screen.getByRole('radio', { name: /Careful/ }))
    await userEvent.click(screen.getByRole('button', { name: 'Upscale' }))
    await waitFor(() => expect(close).toHaveBeenCalled())
    expect(bodies).toEqual([{ asset_id: picture(1, 1).id, factor: 4, model: 'careful' }])
  })

  it('offers no size that would be too large', async () => {
    possible()
    askToUpscale(picture(2048, 2048))
    await renderPage(<UpscaleSheet onClose={vi.fn()} />)
    expect(await screen.findByRole('radio', { name: '4 times' })).toBeDisabled()
    expect(screen.getByRole('radio', { name: '2 times' })).toBeChecked()
  })

  it('says what to run where the model is missing', async () => {
    possible({ available: false, reason: 'The model is not there.', remedy: 'Run `fabula setup`.' })
    askToUpscale(picture(512, 512))
    await renderPage(<UpscaleSheet onClose={vi.fn()} />)
    expect(await screen.findByText('Run `fabula setup`.')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Upscale' })).toBeNull()
  })

  it('shows why the studio refused', async () => {
    possible()
    server.use(
      http.post('http://studio.test/api/jobs/upscale', () =>
        HttpResponse.json(
          { error: 'not_possible', detail: 'The picture is gone.', field: 'asset_id' },
          { status: 422 },
        ),
      ),
    )
    askToUpscale(picture(512, 512))
    await renderPage(<UpscaleSheet onClose={vi.fn()} />)
    await userEvent.click(await screen.findByRole('button', { name: 'Upscale' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('The picture is gone.')
  })
})
