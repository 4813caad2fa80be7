import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { page, PERMISSIONS, person } from '../fixtures'
import PeoplePage from './PeoplePage'

const API = 'http://studio.test/api'
const ADA = person(1, { username: 'ada', roles: ['admin'], two_factor: true, last_seen_at: null })
const BO = person(2, {
  username: 'bo',
  plan: 'pro',
  balance: 1234,
  suspended_at: '2026-11-19T10:00:00Z',
})
let asked: string[]

beforeEach(() => {
  asked = []
  server.use(
    http.get(`${API}/people`, ({ request }) => {
      const { searchParams } = new URL(request.url)
      asked.push(searchParams.toString())
      const name = searchParams.get('search') ?? ''
      return HttpResponse.json(page([ADA, BO].filter((each) => each.username.includes(name))))
    }),
    http.get(`${API}/permissions`, () => HttpResponse.json(page(PERMISSIONS))),
  )
})

it('shows everybody with what an admin looks for', async () => {
  await renderPage(<PeoplePage />, { at: '/admin/people' })
  const row = (await screen.findByRole('link', { name: 'bo' })).closest('tr')!
  expect(within(row).getByText('member')).toBeVisible()
  expect(within(row).getByText('pro')).toBeVisible()
  expect(within(row).getByText('1,234')).toBeVisible()
  expect(within(row).getByText('suspended')).toBeVisible()
  const first = screen.getByRole('link', { name: 'ada' }).closest('tr')!
  expect(within(first).getByLabelText('two-factor sign-in')).toBeVisible()
  expect(within(first).getByText('never')).toBeVisible()
  expect(screen.getByRole('link', { name: 'ada' })).toHaveAttribute(
    'href',
    `/admin/people/${ADA.id}`,
  )
  expect(screen.getByText('2 people')).toBeVisible()
  expect(await findings(document.body)).toEqual([])
})

it('searches while one types, and keeps it in the address', async () => {
  const { router } = await renderPage(<PeoplePage />, { at: '/admin/people' })
  await userEvent.type(await screen.findByLabelText('Search people'), 'bo')
  await waitFor(() => expect(screen.queryByRole('link', { name: 'ada' })).toBeNull())
  expect(router.state.location.search).toEqual({ q: 'bo' })
  expect(asked.at(-1)).toBe('search=bo')
})

it('filters by role and state from the address', async () => {
  await renderPage(<PeoplePage />, { at: '/admin/people?role=admin&state=suspended' })
  await screen.findByRole('link', { name: 'bo' })
  expect(asked).toEqual(['role=admin&state=suspended'])
  await userEvent.selectOptions(screen.getByLabelText('Role'), 'Any role')
  await waitFor(() => expect(asked.at(-1)).toBe('state=suspended'))
})

it('says so when nobody is found, and shows everybody again', async () => {
  const { router } = await renderPage(<PeoplePage />, { at: '/admin/people?q=zzz' })
  expect(await screen.findByText(/No user name has “zzz” in it/)).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Show everybody' }))
  expect(await screen.findByRole('link', { name: 'bo' })).toBeVisible()
  expect(router.state.location.search).toEqual({})
})

it('makes a person, and shows the link of the first sign-in once', async () => {
  let sent: unknown
  server.use(
    http.post(`${API}/people`, async ({ request }) => {
      sent = await request.json()
      return HttpResponse.json(
        {
          person: person(3, { username: 'cleo' }),
          sign_in: { address: 'http://studio.test/sign-in#token=once' },
        },
        { status: 201 },
      )
    }),
  )
  const { router } = await renderPage(<PeoplePage />, { at: '/admin/people' })
  await userEvent.click(await screen.findByRole('button', { name: 'New person' }))
  expect(router.state.location.search).toEqual({ new: true })
  const form = within(await screen.findByRole('form', { name: 'New person' }))
  await userEvent.type(form.getByLabelText('User name'), 'cleo')
  await userEvent.selectOptions(form.getByLabelText('Role'), 'moderator')
  expect(form.getByText('Queue own jobs. Read everything.')).toBeVisible()
  await userEvent.click(form.getByRole('button', { name: 'Make the account' }))
  expect(await screen.findByText('http://studio.test/sign-in#token=once')).toBeVisible()
  expect(sent).toEqual({ username: 'cleo', role: 'moderator' })
  await userEvent.click(screen.getByRole('button', { name: 'Close' }))
  await waitFor(() => expect(router.state.location.search).toEqual({}))
})

it('shows at the field why a name cannot be taken', async () => {
  server.use(
    http.post(`${API}/people`, () =>
      HttpResponse.json(
        { error: 'username_taken', detail: 'This name is taken.', field: 'username' },
        { status: 409 },
      ),
    ),
  )
  await renderPage(<PeoplePage />, { at: '/admin/people?new=true' })
  const form = within(await screen.findByRole('form', { name: 'New person' }))
  await userEvent.type(form.getByLabelText('User name'), 'bo')
  await userEvent.click(form.getByRole('button', { name: 'Make the account' }))
  expect(await form.findByText('This name is taken.')).toBeVisible()
})
