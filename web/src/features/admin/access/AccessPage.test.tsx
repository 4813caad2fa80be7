import { screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it, vi } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { page, PERMISSIONS } from '../fixtures'
import AccessPage from './AccessPage'

const API = 'http://studio.test/api'
const NONE = { create: 'none', read: 'none', update: 'none', delete: 'none' }
const TABLES = [
  {
    name: 'jobs',
    cells: {
      admin: { ...NONE, read: 'all' },
      basic_user: { create: 'own', read: 'own', update: 'own_fields', delete: 'none' },
      guest: NONE,
      machine: { create: 'all', read: 'all', update: 'all', delete: 'all' },
    },
  },
  { name: 'user_library', cells: { admin: NONE } },
]

beforeEach(() => {
  server.use(
    http.get(`${API}/permissions`, () => HttpResponse.json(page(PERMISSIONS))),
    http.get(`${API}/access`, () => HttpResponse.json({ tables: TABLES })),
  )
})

const cellsOf = (name: string) => {
  const row = screen.getByText(name).closest('tr')!
  return [...row.querySelectorAll('td')].map(
    (cell) => cell.textContent || cell.querySelector('[aria-label]')?.getAttribute('aria-label'),
  )
}

it('shows every role with what it may do and reach, the machine too', async () => {
  await renderPage(<AccessPage />, { at: '/admin/access' })
  await screen.findByText('jobs')
  expect(screen.getAllByText('machine', { selector: 'th' })).toHaveLength(2)
  expect(cellsOf('review')).toEqual(['yes', 'yes', 'no', 'no', 'no', 'no'])
  expect(cellsOf('jobs')).toEqual([
    'all read',
    'no',
    'no',
    'own create, readown, in part change',
    'no',
    'all everything',
  ])
})

it('is clean for those who do not see it', async () => {
  const { container } = await renderPage(<AccessPage />, { at: '/admin/access' })
  await screen.findByText('jobs')
  expect(await findings(container)).toEqual([])
})

it('finds a table, and a permission by its words', async () => {
  const { router } = await renderPage(<AccessPage />, { at: '/admin/access' })
  await userEvent.type(await screen.findByLabelText('Search the access table'), 'library')
  await waitFor(() => expect(screen.queryByText('jobs')).toBeNull())
  expect(screen.getByText('user_library')).toBeVisible()
  expect(router.state.location.search).toEqual({ q: 'library' })
})

it('shows one role where the address or the room says so', async () => {
  await renderPage(<AccessPage />, { at: '/admin/access?role=guest' })
  await screen.findByText('jobs')
  expect(cellsOf('jobs')).toEqual(['no'])
})

it('shows one role at a time on a phone', async () => {
  vi.spyOn(window, 'matchMedia').mockImplementation(
    (query) =>
      ({
        matches: true,
        media: query,
        addEventListener: () => undefined,
        removeEventListener: () => undefined,
      }) as unknown as MediaQueryList,
  )
  const { router } = await renderPage(<AccessPage />, { at: '/admin/access' })
  await screen.findByText('jobs')
  expect(cellsOf('jobs')).toEqual(['all read'])
  await userEvent.selectOptions(screen.getByLabelText('Role'), 'member')
  await waitFor(() => expect(cellsOf('jobs')).toEqual(['own create, readown, in part change']))
  expect(router.state.location.search).toEqual({ role: 'basic_user' })
})
