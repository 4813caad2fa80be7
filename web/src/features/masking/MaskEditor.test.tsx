import { fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { getDraft, patchDraft, resetDraft } from '@/features/workspace/draft'
import { listenToKeys } from '@/keys/dispatch'
import { findings } from '../../../tests/axe'
import { jobType, limits } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import MaskEditor from './MaskEditor'
import { hasUnsentMask, sendMask } from './sendMask'

const REFERENCE = {
  rating: 'general' as const,
  assetId: 'a',
  url: '/a.png',
  thumbnailUrl: '/a.webp',
  width: 64,
  height: 48,
}
const PNG = `data:image/png;base64,${btoa('a mask')}`

/** A canvas that remembers whether anything was painted, since jsdom has none. */
function pretendCanvas(): void {
  let painted = false
  const pen = {
    setTransform: () => undefined,
    clearRect: () => (painted = false),
    fillRect: () => (painted = true),
    beginPath: () => undefined,
    moveTo: () => undefined,
    lineTo: () => undefined,
    stroke: () => (painted = true),
    putImageData: () => undefined,
    getImageData: () => ({ data: new Uint8ClampedArray([0, 0, 0, painted ? 255 : 0]) }),
  }
  const proto = HTMLCanvasElement.prototype
  vi.spyOn(proto, 'getContext').mockReturnValue(pen as unknown as CanvasRenderingContext2D)
  vi.spyOn(proto, 'toDataURL').mockReturnValue(PNG)
  proto.setPointerCapture = () => undefined
  HTMLDivElement.prototype.setPointerCapture = () => undefined
}

async function open(way: 'paint' | 'extend' = 'paint', onClose = vi.fn()) {
  await renderPage(<MaskEditor way={way} onClose={onClose} />)
  await screen.findByRole('button', { name: 'Done' })
  return onClose
}

let stop: () => void
beforeEach(() => {
  stop = listenToKeys()
  pretendCanvas()
  server.use(http.get('/api/job-types', () => HttpResponse.json({ items: [jobType()] })))
  resetDraft()
  patchDraft({ reference: REFERENCE })
})
afterEach(() => {
  stop()
  vi.restoreAllMocks()
})

const paint = () => {
  const stage = screen.getByLabelText('What is painted is drawn anew').closest('[data-tool]')
  if (!stage) throw new Error('There is no stage.')
  fireEvent.pointerDown(stage, { pointerId: 1, button: 0, clientX: 5, clientY: 5 })
  fireEvent.pointerMove(stage, { pointerId: 1, clientX: 9, clientY: 9 })
  fireEvent.pointerUp(stage, { pointerId: 1, clientX: 9, clientY: 9 })
}

describe('the mask editor', () => {
  it('puts what was painted into the draft, with a strength for parts', async () => {
    const onClose = await open()
    paint()
    await userEvent.click(screen.getByRole('button', { name: 'Done' }))
    expect(getDraft().part).toEqual({ mask: PNG, maskId: null, extend: null })
    expect(getDraft().strength).toBe(0.9)
    expect(onClose).toHaveBeenCalled()
  })

  it('leaves all of the picture where nothing is painted', async () => {
    await open()
    paint()
    await userEvent.click(screen.getByRole('button', { name: 'Clear' }))
    await userEvent.click(screen.getByRole('button', { name: 'Done' }))
    expect(getDraft().part).toBeNull()
  })

  it('changes nothing when it is left', async () => {
    const onClose = await open()
    paint()
    await userEvent.keyboard('{Escape}')
    expect(onClose).toHaveBeenCalled()
    expect(getDraft().part).toBeNull()
  })

  it('is worked by keys', async () => {
    await open()
    const brush = screen.getByRole<HTMLInputElement>('slider', { name: 'Brush' })
    const before = Number(brush.value)
    await userEvent.keyboard(']')
    expect(Number(brush.value)).toBeGreaterThan(before)
    await userEvent.keyboard('[[')
    expect(Number(brush.value)).toBeLessThanOrEqual(before)
    await userEvent.keyboard('x')
    expect(screen.getByRole('button', { name: 'Eraser' })).toHaveAttribute('aria-pressed', 'true')
    await userEvent.keyboard('x')
    expect(screen.getByRole('button', { name: 'Brush' })).toHaveAttribute('aria-pressed', 'true')
    expect(screen.getByRole('button', { name: 'Undo' })).toBeDisabled()
    await userEvent.keyboard('i')
    expect(screen.getByRole('button', { name: 'Undo' })).toBeEnabled()
    await userEvent.keyboard('z')
    expect(screen.getByRole('button', { name: 'Redo' })).toBeEnabled()
    await userEvent.keyboard('y')
    expect(screen.getByRole('button', { name: 'Redo' })).toBeDisabled()
  })

  it('pulls the sides of a picture and says how large it becomes', async () => {
    await open('extend')
    const left = screen.getByRole('slider', { name: 'Left side' })
    left.focus()
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}')
    expect(left).toHaveAttribute('aria-valuenow', '16')
    fireEvent.change(screen.getByRole('spinbutton', { name: 'Top' }), { target: { value: '24' } })
    expect(screen.getByText('64 × 48 grows to 80 × 72')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Done' }))
    expect(getDraft().part?.extend).toEqual({ left: 16, right: 0, top: 24, bottom: 0 })
  })

  it('says so where the engine cannot', async () => {
    const unable = jobType({ limits: { ...limits, inpainting: false } })
    server.use(http.get('/api/job-types', () => HttpResponse.json({ items: [unable] })))
    await renderPage(<MaskEditor way="paint" onClose={vi.fn()} />)
    expect(await screen.findByText(/cannot draw a part of a picture anew/)).toBeVisible()
  })

  it.each(['paint', 'extend'] as const)('is usable by everybody: %s', async (way) => {
    await open(way)
    expect(await findings(document.body)).toEqual([])
  })
})

describe('a mask', () => {
  it('is brought to the studio once, when the job is sent', async () => {
    const sent = vi.fn()
    server.use(
      http.post('/api/uploads', () => {
        sent()
        return HttpResponse.json({ id: 'm' }, { status: 201 })
      }),
    )
    patchDraft({ part: { mask: PNG, maskId: null, extend: null } })
    expect(hasUnsentMask()).toBe(true)
    expect(await sendMask()).toBe(true)
    expect(await sendMask()).toBe(true)
    expect(sent).toHaveBeenCalledOnce()
    expect(getDraft().part?.maskId).toBe('m')
  })

  it('says why it could not be brought', async () => {
    server.use(
      http.post('/api/uploads', () =>
        HttpResponse.json({ error: 'too_large', detail: 'It is too large.' }, { status: 413 }),
      ),
    )
    patchDraft({ part: { mask: PNG, maskId: null, extend: null } })
    await renderPage(<div />)
    expect(await sendMask()).toBe(false)
    await waitFor(() => expect(screen.getByText('It is too large.')).toBeVisible())
  })

  it('goes when another picture is chosen', () => {
    patchDraft({ part: { mask: PNG, maskId: 'm', extend: null } })
    patchDraft({ reference: { ...REFERENCE, assetId: 'b' } })
    expect(getDraft().part).toBeNull()
  })
})
