import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import KeysSection from './KeysSection'

const API = 'http://studio.test/api'
const KEY = {
  id: 'k1',
  name: 'script',
  prefix: 'fab_abc',
  scopes: ['read'],
  expires_at: null,
  created_at: '2026-11-20T10:00:00Z',
  last_used_at: null,
}

it('are made with what they may do and an end, shown once, and revoked when asked twice', async () => {
  let items: object[] = []
  let revoked = 0
  let sent: Record<string, unknown> = {}
  server.use(
    http.get(`${API}/me/api-keys`, () => HttpResponse.json({ items, next_cursor: null })),
    http.post(`${API}/me/api-keys`, async ({ request }) => {
      sent = (await request.json()) as Record<string, unknown>
      items = [KEY]
      return HttpResponse.json({ ...KEY, key: 'fab_abc_secret' }, { status: 201 })
    }),
    http.delete(`${API}/me/api-keys/k1`, () => {
      revoked += 1
      items = []
      return new HttpResponse(null, { status: 204 })
    }),
  )
  const { container } = await renderPage(<KeysSection />, { at: '/account/keys' })
  const form = within(await screen.findByRole('form', { name: 'New API key' }))
  expect(await screen.findByText(/No keys yet/)).toBeVisible()
  await userEvent.type(form.getByLabelText('Name'), 'script')
  await userEvent.click(form.getByRole('checkbox', { name: /^Make/ }))
  await userEvent.click(form.getByRole('checkbox', { name: /^Library/ }))
  await userEvent.selectOptions(form.getByLabelText('Works until'), '30 days from now')
  await userEvent.click(form.getByRole('button', { name: 'Make a key' }))
  expect(await screen.findByText('fab_abc_secret')).toBeVisible()
  expect(sent.scopes).toEqual(['read'])
  const days = (Date.parse(String(sent.expires_at)) - Date.now()) / 86_400_000
  expect(days).toBeCloseTo(30, 1)
  expect(await findings(container)).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: 'Hide the key' }))
  expect(screen.queryByText('fab_abc_secret')).toBeNull()
  await userEvent.click(await screen.findByRole('button', { name: 'Revoke script' }))
  expect(revoked).toBe(0)
  await userEvent.click(screen.getByRole('button', { name: 'Revoke it' }))
  await waitFor(() => expect(screen.getByText(/No keys yet/)).toBeVisible())
  expect(revoked).toBe(1)
})

it('say what they may do and when they end', async () => {
  const items = [
    { ...KEY, scopes: ['read', 'make', 'library', 'admin'], expires_at: '2001-01-01T00:00:00Z' },
    { ...KEY, id: 'k2', name: 'other', scopes: ['read', 'library'] },
  ]
  server.use(http.get(`${API}/me/api-keys`, () => HttpResponse.json({ items, next_cursor: null })))
  await renderPage(<KeysSection />, { at: '/account/keys' })
  const [first, second] = await screen.findAllByRole('listitem')
  expect(first).toHaveTextContent('may do everything')
  expect(first).toHaveTextContent('ended 1 January 2001')
  expect(second).toHaveTextContent('may read, change the library')
  expect(second).toHaveTextContent('never used')
})
