import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { page, person, trailEntry } from '../fixtures'
import ActivityPage from './ActivityPage'

const API = 'http://studio.test/api'
const BO = person(2, { username: 'bo' })
let asked: string[]

beforeEach(() => {
  asked = []
  server.use(
    http.get(`${API}/people`, () => HttpResponse.json(page([BO]))),
    http.get(`${API}/people/:id`, ({ params }) => {
      asked.push(`who ${String(params.id)}`)
      return HttpResponse.json(BO)
    }),
    http.get(`${API}/activity`, ({ request }) => {
      asked.push(new URL(request.url).search)
      return HttpResponse.json(page([trailEntry(1), trailEntry(2, { action: 'role.revoked' })]))
    }),
  )
})

it('says in a sentence who did what to whom, and asks for a name once', async () => {
  await renderPage(<ActivityPage />, { at: '/admin/activity' })
  expect(await screen.findByText('Gave the role moderator to bo')).toBeVisible()
  expect(screen.getAllByText('ada')).toHaveLength(2)
  expect(asked.filter((each) => each.startsWith('who'))).toEqual([`who ${BO.id}`])
  expect(await findings(document.body)).toEqual([])
})

it('opens to what was before and after', async () => {
  await renderPage(<ActivityPage />, { at: '/admin/activity' })
  const entry = (await screen.findByText('Gave the role moderator to bo')).closest('li')!
  await userEvent.click(within(entry).getByText('Gave the role moderator to bo'))
  const row = within(entry).getByRole('rowheader', { name: 'roles' }).closest('tr')!
  expect(row.querySelector('del')).toHaveTextContent('basic_user')
  expect(row.querySelector('ins')).toHaveTextContent('basic_user, moderator')
  expect(within(entry).getByText('10.0.0.7')).toBeVisible()
})

it('takes its filters from the address, and exports with them', async () => {
  const { router } = await renderPage(<ActivityPage />, {
    at: '/admin/activity?action=role.granted&resource=account&until=2026-11-20',
  })
  await screen.findByText('Gave the role moderator to bo')
  const until = encodeURIComponent(new Date(2026, 10, 21).toISOString())
  const query = `?action=role.granted&resource=account&until=${until}`
  expect(asked[0]).toBe(query)
  expect(screen.getByRole('link', { name: 'Export CSV' })).toHaveAttribute(
    'href',
    `/api/activity.csv${query}`,
  )
  await userEvent.selectOptions(screen.getByLabelText('About'), 'API keys')
  await waitFor(() => expect(router.state.location.search).toMatchObject({ resource: 'api_key' }))
})

it('finds the chain whole', async () => {
  server.use(
    http.get(`${API}/audit/verify`, () =>
      HttpResponse.json({ ok: true, entries: 1234, first_bad: null, head: '1234:ab' }),
    ),
  )
  await renderPage(<ActivityPage />, { at: '/admin/activity' })
  await userEvent.click(await screen.findByRole('button', { name: 'Check the chain' }))
  expect(await screen.findByText(/All 1,234 entries are as they were written/)).toBeVisible()
})

it('names where the chain is broken', async () => {
  server.use(
    http.get(`${API}/audit/verify`, () =>
      HttpResponse.json({
        ok: false,
        entries: 41,
        first_bad: { seq: 42, entry_id: 'e42', fault: 'The entry was changed.' },
        head: '',
      }),
    ),
  )
  await renderPage(<ActivityPage />, { at: '/admin/activity' })
  await userEvent.click(await screen.findByRole('button', { name: 'Check the chain' }))
  expect(
    await screen.findByText('The trail is not whole from entry 42 on: The entry was changed.'),
  ).toBeVisible()
})
