import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { ledgerEntry, page, person } from '../fixtures'
import LedgerPage from './LedgerPage'

const API = 'http://studio.test/api'
const BO = person(2, { username: 'bo' })
let asked: string[]
let next: string | null

beforeEach(() => {
  asked = []
  next = null
  server.use(
    http.get(`${API}/people`, () => HttpResponse.json(page([BO]))),
    http.get(`${API}/people/:id`, () => HttpResponse.json(BO)),
    http.get(`${API}/ledger`, ({ request }) => {
      asked.push(new URL(request.url).search)
      return HttpResponse.json(
        page(
          [
            ledgerEntry(1),
            ledgerEntry(2, {
              kind: 'settle',
              part: 'reserved',
              amount: -3,
              balance_after: 0,
              account: null,
              by: null,
              reason: null,
            }),
          ],
          next,
        ),
      )
    }),
  )
})

it('shows every movement with whose it is, why, by whom and what was there then', async () => {
  await renderPage(<LedgerPage />, { at: '/admin/ledger' })
  const row = within((await screen.findByText('workshop')).closest('tr')!)
  expect(row.getByRole('link', { name: 'bo' })).toHaveAttribute(
    'href',
    `/admin/people/${BO.id}?part=credits`,
  )
  expect(row.getByText('Given')).toBeVisible()
  expect(row.getByText('+20')).toBeVisible()
  expect(row.getByText('120')).toBeVisible()
  expect(row.getByText('ada')).toBeVisible()
  const paid = within(screen.getByText('Paid for a job', { selector: 'td' }).closest('tr')!)
  expect(paid.getByText('somebody who left')).toBeVisible()
  expect(paid.getByText('held')).toBeVisible()
  expect(await findings(document.body)).toEqual([])
})

it('sums what is shown, and says when more follows', async () => {
  next = 'more'
  await renderPage(<LedgerPage />, { at: '/admin/ledger' })
  const sums = await screen.findByLabelText('Sums')
  expect(sums).toHaveTextContent('Given+20')
  expect(sums).toHaveTextContent('Paid for a job−3')
  expect(sums).toHaveTextContent('of the entries read so far')
})

it('takes its filters from the address, and exports with them', async () => {
  const { router } = await renderPage(<LedgerPage />, {
    at: `/admin/ledger?person=${BO.id}&kind=grant&since=2026-11-01`,
  })
  await screen.findByText('workshop')
  const since = encodeURIComponent(new Date(2026, 10, 1).toISOString())
  const query = `?account=${BO.id}&kind=grant&since=${since}`
  expect(asked).toEqual([query])
  expect(screen.getByRole('link', { name: 'Export CSV' })).toHaveAttribute(
    'href',
    `/api/ledger.csv${query}`,
  )
  await waitFor(() => expect(screen.getByRole('combobox', { name: 'Person' })).toHaveValue('bo'))
  await userEvent.selectOptions(screen.getByLabelText('Kind'), 'Any kind')
  await waitFor(() => expect(router.state.location.search).not.toHaveProperty('kind'))
})

it('chooses a person by name', async () => {
  const { router } = await renderPage(<LedgerPage />, { at: '/admin/ledger' })
  await userEvent.type(await screen.findByRole('combobox', { name: 'Person' }), 'b')
  await userEvent.click(await screen.findByRole('option', { name: 'bo' }))
  await waitFor(() => expect(router.state.location.search).toEqual({ person: BO.id }))
})

it('teaches what it is while it is empty', async () => {
  server.use(http.get(`${API}/ledger`, () => HttpResponse.json(page([]))))
  await renderPage(<LedgerPage />, { at: '/admin/ledger' })
  expect(await screen.findByText(/Credits that people get, hold for jobs and pay/)).toBeVisible()
})
