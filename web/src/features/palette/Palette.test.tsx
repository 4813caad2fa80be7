import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it, vi } from 'vitest'
import { job, libraryAsset } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import { getDraft, resetDraft } from '@/features/workspace/draft'
import Palette from './Palette'

const API = 'http://studio.test/api'

const as = (roles: string[]) =>
  http.get(`${API}/me`, () => HttpResponse.json({ id: 'u', username: 'ada', roles }))

beforeEach(() => {
  resetDraft()
  server.use(
    as(['basic_user']),
    http.get(`${API}/jobs`, () =>
      HttpResponse.json({
        items: [
          job(2, { original_prompt: 'a blue owl' }),
          job(1, { original_prompt: 'a blue owl' }),
        ],
        next_cursor: null,
      }),
    ),
    http.get(`${API}/library/assets`, ({ request }) => {
      const q = new URL(request.url).searchParams.get('q') ?? ''
      const items = 'a red fox'.includes(q) ? [libraryAsset(1, { title: 'Foxy' })] : []
      return HttpResponse.json({ items, next_cursor: null })
    }),
  )
})

async function opened() {
  const onClose = vi.fn()
  const view = await renderPage(<Palette onClose={onClose} />)
  return { ...view, onClose, user: userEvent.setup(), field: await screen.findByRole('combobox') }
}

it('goes to a page by a part of its name and Enter', async () => {
  const { user, field, router, onClose } = await opened()
  await user.type(field, 'libr{Enter}')
  await waitFor(() => expect(router.state.location.pathname).toBe('/library'))
  expect(onClose).toHaveBeenCalled()
})

it('moves with the arrows and tells which one is chosen', async () => {
  const { user, field } = await opened()
  await user.type(field, '{ArrowDown}{ArrowDown}{ArrowUp}')
  const chosen = screen.getByRole('option', { selected: true })
  expect(chosen).toHaveTextContent('Library')
  expect(field).toHaveAttribute('aria-activedescendant', chosen.id)
})

it('brings a recent prompt back, each once', async () => {
  const { user, field } = await opened()
  await user.type(field, 'owl')
  const found = await screen.findAllByRole('option', { name: 'a blue owl' })
  expect(found).toHaveLength(1)
  await user.click(found[0]!)
  expect(getDraft().prompt).toBe('a blue owl')
})

it('searches the library and opens what is chosen', async () => {
  const { user, field, router } = await opened()
  await user.type(field, 'fox')
  await user.click(await screen.findByRole('option', { name: 'Foxy' }))
  await waitFor(() =>
    expect(router.state.location.search).toEqual({ q: 'fox', view: libraryAsset(1).id }),
  )
})

it('always offers to search the whole library', async () => {
  const { user, field, router } = await opened()
  await user.type(field, 'zebra')
  await user.click(await screen.findByRole('option', { name: /Search the library for/ }))
  await waitFor(() => expect(router.state.location.href).toBe('/library?q=zebra'))
})

it('offers the admin pages to admins', async () => {
  server.use(as(['admin']))
  const { user, field, router } = await opened()
  await user.type(field, 'people')
  await user.click(await screen.findByRole('option', { name: /People/ }))
  await waitFor(() => expect(router.state.location.pathname).toBe('/admin/people'))
})

it('offers them to nobody else', async () => {
  const { user, field } = await opened()
  await user.type(field, 'people')
  await screen.findByRole('option', { name: /Search the library for/ })
  expect(screen.queryByRole('option', { name: /People/ })).toBeNull()
})
