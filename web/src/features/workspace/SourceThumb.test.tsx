import { screen } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import { SourceThumb } from './SourceThumb'

const picture = { assetId: 'p', url: '/p.png', thumbnailUrl: '/p.webp', width: 4, height: 3 }

it('is covered where the picture is rated for adults, until it is chosen', async () => {
  server.use(http.get('http://studio.test/api/me/content', () => HttpResponse.json({ blur: true })))
  await renderPage(<SourceThumb picture={{ ...picture, rating: 'adult' }} alt="The reference" />)
  const cover = await screen.findByRole('button', { name: /which is for adults/ })
  expect(screen.queryByAltText('The reference')).toBeNull()
  await userEvent.click(cover)
  expect(screen.getByAltText('The reference')).toBeVisible()
})

it('shows any other at once', async () => {
  await renderPage(<SourceThumb picture={{ ...picture, rating: 'general' }} alt="The reference" />)
  expect(await screen.findByAltText('The reference')).toBeVisible()
})
