import { screen, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { credits, job } from '../../../../tests/fixtures'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import CreditsSection from './CreditsSection'
import { utcToday } from './usage'

const API = 'http://studio.test/api'
const JOB = job(1).id
const entry = (id: string, kind: string, account: string, amount: number) => ({
  id,
  kind,
  account,
  amount,
  job_id: kind === 'grant' ? null : JOB,
  reason: kind === 'grant' ? 'Thanks' : null,
  created_at: '2026-11-20T10:00:00Z',
})

beforeEach(() => {
  server.use(
    http.get(`${API}/me/credits`, () => HttpResponse.json(credits())),
    http.get(`${API}/me/usage`, () => HttpResponse.json({ items: [], next_cursor: null })),
    http.get(`${API}/me/ledger`, ({ request }) =>
      HttpResponse.json(
        new URL(request.url).searchParams.get('cursor')
          ? { items: [entry('3', 'grant', 'available', 99)], next_cursor: null }
          : {
              items: [entry('1', 'reserve', 'reserved', 3), entry('2', 'reserve', 'available', -3)],
              next_cursor: 'more',
            },
      ),
    ),
  )
})
const open = (at = '/account/credits') => renderPage(<CreditsSection />, { at })

it('reads the ledger on, with the balance after every movement', async () => {
  const { container } = await open()
  const more = await screen.findByRole('button', { name: 'Show more' })
  await userEvent.click(more)
  const rows = await screen.findAllByRole('listitem')
  expect(rows).toHaveLength(2)
  expect(rows[0]).toHaveTextContent('Held for a job')
  expect(rows[0]).toHaveTextContent('−3balance then 96')
  expect(rows[1]).toHaveTextContent('+99balance then 99')
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()
  expect(await findings(container)).toEqual([])
})

it('leads from a movement to what its job made', async () => {
  server.use(
    http.get(`${API}/jobs/${JOB}`, () => HttpResponse.json(job(1, { assets: [] })), { once: true }),
  )
  await open()
  await userEvent.click(await screen.findByRole('button', { name: 'Show more' }))
  await userEvent.click(await screen.findByRole('button', { name: /Show the job/ }))
  expect(await screen.findByText(/No picture of it is left: a red fox/)).toBeVisible()
})

it('says so where nothing is charged, and shows usage all the same', async () => {
  const today = utcToday()
  server.use(
    http.get(`${API}/me/credits`, () => HttpResponse.json(credits({ enabled: false }))),
    http.get(`${API}/me/usage`, () =>
      HttpResponse.json({
        items: [{ day: today, format: 'image', quality: 'high', jobs: 1, outputs: 4, credits: 8 }],
        next_cursor: null,
      }),
    ),
  )
  const { router } = await open()
  expect(await screen.findByText('Credits are off in this studio')).toBeVisible()
  const sums = within(await screen.findByRole('figure'))
  expect(sums.getByRole('rowheader', { name: 'Pictures' })).toBeVisible()
  expect(sums.getByText('8 credits')).toBeVisible()
  expect(screen.queryByText('Movements')).toBeNull()
  await userEvent.click(screen.getByRole('radio', { name: 'Quality' }))
  expect(await screen.findByRole('rowheader', { name: 'High quality' })).toBeVisible()
  expect(router.state.location.search).toEqual({ by: 'quality' })
})

it('teaches where nothing was made yet', async () => {
  await open('/account/credits?days=7')
  expect(await screen.findByText(/Nothing in the last 7 days/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'To the workspace' })).toHaveAttribute(
    'href',
    '/workspace',
  )
})
