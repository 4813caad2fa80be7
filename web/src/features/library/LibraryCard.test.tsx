import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it, vi } from 'vitest'
import { libraryAsset } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import { coverAll } from '@/features/rating/cover'
import { LibraryCard } from './LibraryCard'
import type { LibraryActions } from './useLibraryActions'

const actions: LibraryActions = {
  again: vi.fn(),
  reference: vi.fn(),
  part: vi.fn(),
  move: vi.fn(),
  upscale: vi.fn(),
  favourite: vi.fn(),
  download: vi.fn(),
  remove: vi.fn(),
  addTags: vi.fn(),
}
const clip = libraryAsset(1, {
  asset_type: 'video',
  mime_type: 'video/mp4',
  duration_seconds: 5,
  preview_url: '/api/files/user-library/1.preview.mp4',
  rating: 'adult',
})

beforeEach(() => {
  coverAll()
  server.use(
    http.get('http://studio.test/api/me/content', () =>
      HttpResponse.json({ mode: 'adult', blur: true, age_check: 'confirmed', steps: [] }),
    ),
  )
})

it('a covered clip neither plays nor shows its poster until it is chosen', async () => {
  const { container } = await renderPage(
    <LibraryCard
      asset={clip}
      active={false}
      selected={false}
      selecting={false}
      actions={actions}
      onSelect={vi.fn()}
    />,
  )
  const user = userEvent.setup()
  const cover = await screen.findByRole('button', { name: /for adults/ })
  await user.hover(cover)
  expect(container.querySelector('video')).toBeNull()
  expect(container.querySelector('img')).toBeNull()
  await user.click(cover)
  await waitFor(() =>
    expect(container.querySelector('video')).toHaveAttribute('src', clip.preview_url),
  )
})
