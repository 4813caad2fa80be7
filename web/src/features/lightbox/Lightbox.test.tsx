import { fireEvent, screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { useState } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { listenToKeys } from '@/keys/dispatch'
import { renderPage } from '../../../tests/render'
import { libraryAsset } from '../../../tests/fixtures'
import { server } from '../../../tests/server'
import type { ViewerActions, ViewerItem } from './contract'
import { viewerItem } from './fixtures'
import Lightbox from './Lightbox'

const ITEMS = ['p1', 'p2', 'p3'].map((id, at) =>
  viewerItem({ id, prompt: `picture ${at + 1}`, seed: 41 + at, url: `/api/files/${id}.png` }),
)
const SETTINGS = {
  job_type: 'sdxl_image_fast',
  prompt_original: 'a lighthouse',
  prompt_final: 'a lighthouse at dusk',
  negative_prompt: 'fog',
  seed: 41,
  steps: 15,
  guidance_scale: 1.6,
  width: 1024,
  height: 768,
  engine_id: 'sketchbook',
}

let stopKeys: () => void
beforeEach(() => {
  stopKeys = listenToKeys()
  server.use(
    http.get('http://studio.test/api/engines', () =>
      HttpResponse.json({
        items: [
          {
            id: 'sketchbook',
            name: 'Sketchbook',
            stand_in: true,
            summary: 'A mini model for trying.',
          },
        ],
        next_cursor: null,
      }),
    ),
    http.get('http://studio.test/api/workspace/assets/:id', ({ params }) =>
      HttpResponse.json({
        id: params.id,
        settings: SETTINGS,
        file_size_bytes: 640_000,
        mime_type: 'image/png',
      }),
    ),
  )
})
afterEach(() => stopKeys())

interface Opened {
  items?: ViewerItem[]
  actions?: ViewerActions
}

async function open({ items = ITEMS, actions = {} }: Opened = {}) {
  const onClose = vi.fn()
  const onNearEnd = vi.fn()
  function Host() {
    const [index, setIndex] = useState(0)
    return (
      <Lightbox
        items={items}
        index={index}
        onIndex={setIndex}
        onClose={onClose}
        actions={actions}
        onNearEnd={onNearEnd}
      />
    )
  }
  await renderPage(<Host />)
  return { onClose, onNearEnd }
}
const press = (key: string) => fireEvent.keyDown(document.body, { key })

describe('the viewer', () => {
  it('goes through the pictures by arrows and stops at the ends', async () => {
    const { onNearEnd } = await open()
    expect(screen.getByText('1 of 3')).toBeTruthy()
    press('ArrowLeft')
    expect(screen.getByText('1 of 3')).toBeTruthy()
    press('ArrowRight')
    press('ArrowRight')
    expect(screen.getByText('3 of 3')).toBeTruthy()
    press('ArrowRight')
    expect(screen.getByText('3 of 3')).toBeTruthy()
    expect(onNearEnd).toHaveBeenCalled()
  })

  it('closes by Escape, but first ends a comparison', async () => {
    const { onClose } = await open()
    press('c')
    expect(screen.getByText('Comparing two of the batch')).toBeTruthy()
    press('Escape')
    expect(onClose).not.toHaveBeenCalled()
    press('Escape')
    expect(onClose).toHaveBeenCalledOnce()
  })

  it('compares within the batch, and arrows choose the other one', async () => {
    await open()
    press('c')
    const compared = () =>
      screen
        .getAllByRole('button', { name: /Compare with/ })
        .findIndex((each) => each.textContent.includes('B'))
    expect(compared()).toBe(1)
    press('ArrowRight')
    expect(compared()).toBe(2)
    press('ArrowRight')
    expect(compared()).toBe(1)
  })

  it('lays an upscaled picture over what it was before', async () => {
    server.use(
      http.get('http://studio.test/api/workspace/assets/:id', ({ params }) =>
        params.id === 'large'
          ? HttpResponse.json({
              id: 'large',
              settings: {
                ...SETTINGS,
                task: 'upscale',
                upscale: { source: { asset_id: 'small' }, factor: 4 },
              },
              file_size_bytes: 9_000_000,
              mime_type: 'image/png',
            })
          : new HttpResponse(null, { status: 404 }),
      ),
      http.get('http://studio.test/api/library/assets/small', () =>
        HttpResponse.json(libraryAsset(1, { id: 'small', url: '/api/files/small.png' })),
      ),
    )
    await open({ items: [viewerItem({ id: 'large', width: 2048, height: 1536 })] })
    await userEvent.click(
      await screen.findByRole('button', { name: 'Compare with what it was before' }),
    )
    expect(screen.getByText('Before and after')).toBeTruthy()
    press('c')
    expect(screen.queryByText('Before and after')).toBeNull()
  })

  it('has nothing to compare with where a job made one picture', async () => {
    await open({
      items: [viewerItem({ id: 'a', jobId: 'one' }), viewerItem({ id: 'b', jobId: 'two' })],
    })
    expect(screen.queryByRole('button', { name: 'Compare within the batch' })).toBeNull()
    press('c')
    expect(screen.queryByText('Comparing two of the batch')).toBeNull()
  })

  it('offers what may be done, by button and by key', async () => {
    const keep = vi.fn()
    const again = vi.fn()
    await open({ actions: { keep, again } })
    await userEvent.click(screen.getByRole('button', { name: 'Keep' }))
    press('r')
    expect(keep).toHaveBeenCalledWith(ITEMS[0])
    expect(again).toHaveBeenCalledWith(ITEMS[0])
    expect(screen.queryByRole('button', { name: 'Discard' })).toBeNull()
    expect(screen.getByRole('link', { name: 'Download' }).getAttribute('download')).toBe(
      'fabula-p1.png',
    )
  })
})

describe('details', () => {
  it('are all there, and go into the draft one by one or together', async () => {
    const use = vi.fn()
    await open({ actions: { use } })
    await userEvent.click(await screen.findByRole('button', { name: 'Use: seed' }))
    expect(use).toHaveBeenLastCalledWith({ seed: 41 }, 'Seed is in the draft')
    await userEvent.click(screen.getByRole('button', { name: 'Use: negative prompt' }))
    expect(use).toHaveBeenLastCalledWith({ negative: 'fog' }, 'Negative prompt is in the draft')
    await userEvent.click(screen.getByRole('button', { name: 'Use all of it' }))
    expect(use.mock.lastCall?.[0]).toMatchObject({ prompt: 'a lighthouse', steps: 15, seed: 41 })
    expect(screen.getByText('PNG, 640 kB')).toBeTruthy()
    expect(screen.getByText('A mini model for trying.')).toBeTruthy()
  })

  it('mark what the rewriting added', async () => {
    await open()
    const marks = await waitFor(() => {
      const found = [...document.querySelectorAll('mark')]
      expect(found).toHaveLength(1)
      return found
    })
    expect(marks[0]?.textContent.trim()).toBe('at dusk')
  })

  it('copy', async () => {
    await open()
    const user = userEvent.setup()
    await user.click(await screen.findByRole('button', { name: 'Copy: steps' }))
    expect(await navigator.clipboard.readText()).toBe('15')
    expect(await screen.findByText('Steps copied')).toBeTruthy()
  })

  it('say when they could not be read', async () => {
    server.use(
      http.get('http://studio.test/api/workspace/assets/:id', () =>
        HttpResponse.json({ error: 'x', detail: 'It is gone.' }, { status: 404 }),
      ),
    )
    await open()
    expect(await screen.findByText(/It is gone\./)).toBeTruthy()
    expect(screen.getByText('41')).toBeTruthy()
  })

  it('fold away by key', async () => {
    await open()
    expect(screen.getByRole('complementary', { name: 'Details' })).toBeTruthy()
    press('i')
    expect(screen.queryByRole('complementary', { name: 'Details' })).toBeNull()
  })
})
