import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { negative, page } from '../fixtures'
import NegativesPage from './NegativesPage'
import { moveTo } from './order'

const API = 'http://studio.test/api/prompts/negatives'
let items = [negative(1), negative(2), negative(3, { fits: false })]
let sent: unknown[]

beforeEach(() => {
  items = [negative(1), negative(2), negative(3, { fits: false })]
  sent = []
  server.use(
    http.get(API, () => HttpResponse.json(page(items))),
    http.put(`${API}/order`, async ({ request }) => {
      const { ids } = (await request.json()) as { ids: string[] }
      sent.push(ids)
      items = ids.map((id) => items.find((each) => each.id === id)!)
      return HttpResponse.json(page(items))
    }),
  )
})

const texts = () =>
  within(screen.getAllByRole('list', { name: 'Negative prompts' })[0]!)
    .getAllByRole('listitem')
    .map((item) => /fault \d/.exec(item.textContent)?.[0])

it('moves one to where another stands', () => {
  expect(moveTo(['a', 'b', 'c'], 'c', 0)).toEqual(['c', 'a', 'b'])
  expect(moveTo(['a', 'b', 'c'], 'a', 1)).toEqual(['b', 'a', 'c'])
  expect(moveTo(['a', 'b'], 'a', 9)).toEqual(['b', 'a'])
})

it('orders them by keys and by dragging, and says what no longer fits', async () => {
  await renderPage(<NegativesPage />, { at: '/admin/negatives' })
  expect(await screen.findByText(/The model reads no further/)).toBeVisible()
  expect(screen.getByRole('button', { name: 'Move up: fault 1' })).toBeDisabled()
  await userEvent.click(screen.getByRole('button', { name: 'Move up: fault 2' }))
  await waitFor(() => expect(texts()).toEqual(['fault 2', 'fault 1', 'fault 3']))
  const dataTransfer = { setData: () => undefined, effectAllowed: '' }
  fireEvent.dragStart(screen.getByText('fault 3').closest('li')!, { dataTransfer })
  fireEvent.drop(screen.getByText('fault 2').closest('li')!, { dataTransfer })
  await waitFor(() => expect(texts()).toEqual(['fault 3', 'fault 2', 'fault 1']))
  await waitFor(() => expect(sent).toHaveLength(2))
  expect(await findings(document.body)).toEqual([])
})

it('adds, changes and switches off, and says at the field why not', async () => {
  server.use(
    http.post(API, () =>
      HttpResponse.json({ error: 'negative_known', detail: 'It is in the list.' }, { status: 409 }),
    ),
    http.patch(`${API}/:id`, async ({ request }) => {
      sent.push(await request.json())
      return HttpResponse.json(items[0])
    }),
  )
  await renderPage(<NegativesPage />, { at: '/admin/negatives' })
  const form = await screen.findByRole('form', { name: 'Add a negative prompt, general' })
  await userEvent.type(within(form).getByLabelText('Add words'), 'blurry')
  await userEvent.click(within(form).getByRole('button', { name: 'Add' }))
  expect(await within(form).findByText('It is in the list.')).toBeVisible()
  await userEvent.click(screen.getByRole('switch', { name: 'Used: fault 1' }))
  await userEvent.click(screen.getByRole('button', { name: 'Edit: fault 2' }))
  const edit = within(screen.getByRole('form', { name: 'Edit fault 2' }))
  await userEvent.type(edit.getByLabelText('Words'), ', mist')
  await userEvent.click(edit.getByRole('button', { name: 'Save' }))
  await waitFor(() =>
    expect(sent).toEqual([
      { is_active: false },
      { negative_prompt: 'fault 2, mist', description: null },
    ]),
  )
})

it('takes one away at once, and brings it back', async () => {
  await renderPage(<NegativesPage />, { at: '/admin/negatives' })
  await userEvent.click(await screen.findByRole('button', { name: 'Delete: fault 1' }))
  expect(screen.queryByRole('button', { name: 'Delete: fault 1' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
  expect(screen.getByRole('button', { name: 'Delete: fault 1' })).toBeVisible()
})
