import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { findings } from '../../../tests/axe'
import { renderPage } from '../../../tests/render'
import { ActivityList } from './activity/ActivityList'
import { LedgerList } from './credits/LedgerList'
import { UsageChart } from './credits/UsageChart'
import { usageOf } from './credits/usage'
import { SessionList, type SignedIn } from './security/SessionList'

const AT = '2026-11-20T10:00:00Z'

it('a ledger says what each movement was, and leads to its job', async () => {
  const movement = { created_at: AT, reason: null, balance_after: 0 }
  const entries = [
    { ...movement, id: '1', kind: 'settle', account: 'available', amount: 2, job_id: 'a' },
    { ...movement, id: '2', kind: 'settle', account: 'reserved', amount: -6, job_id: 'a' },
    { ...movement, id: '3', kind: 'grant', account: 'available', amount: 14, job_id: null, reason: 'Thanks' },
  ] as const // prettier-ignore
  const onJob = vi.fn()
  const { container } = await renderPage(
    <LedgerList entries={entries} balance={16} more={false} onJob={onJob} />,
  )
  const [paid, given] = screen.getAllByRole('listitem')
  expect(paid).toHaveTextContent('Paid for a job')
  expect(paid).toHaveTextContent('4 credits of the 6 credits held; the rest came back.')
  expect(paid).toHaveTextContent('balance then 16')
  expect(given).toHaveTextContent('Thanks')
  expect(given).toHaveTextContent('balance then 14')
  expect(within(given!).queryByRole('button')).toBeNull()
  await userEvent.click(within(paid!).getByRole('button', { name: /Show the job/ }))
  expect(onJob).toHaveBeenCalledWith('a')
  expect(await findings(container)).toEqual([])
})

it('a chart gives its numbers to people who do not see it', async () => {
  const rows = [
    { day: '2026-11-25', format: 'image', quality: 'fast', jobs: 2, outputs: 5, credits: 5 },
  ]
  const { container } = await renderPage(
    <UsageChart usage={usageOf(rows, 'quality', 7, '2026-11-25')} />,
  )
  expect(screen.getByText('5 outputs in 7 days')).toBeVisible()
  const days = screen.getByRole('table', { name: 'Outputs by day' })
  expect(within(days).getAllByRole('row')).toHaveLength(1)
  expect(within(days).getByText('5 outputs')).toBeTruthy()
  expect(await findings(container)).toEqual([])
})

it('sessions are ended one by one, but never this one', async () => {
  const session = (id: string, change: Partial<SignedIn>): SignedIn => ({
    id,
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    ip_address: '192.168.1.4',
    created_at: AT,
    last_seen_at: AT,
    current: false,
    ...change,
  })
  const sessions = [session('a', { current: true }), session('b', { user_agent: null })]
  const onEnd = vi.fn()
  const { container } = await renderPage(<SessionList sessions={sessions} onEnd={onEnd} />)
  expect(screen.getAllByRole('listitem')[0]).toHaveTextContent('Firefox on Linux' + 'this browser')
  await userEvent.click(screen.getByRole('button', { name: /Sign out An unknown device/ }))
  expect(onEnd).toHaveBeenCalledExactlyOnceWith('b')
  expect(screen.getAllByRole('button')).toHaveLength(1)
  expect(await findings(container)).toEqual([])
})

it('activity stands day by day, with who did it where that is not plain', async () => {
  const entry = {
    id: '1',
    user_id: 'u',
    username: 'ada',
    action: 'password.changed',
    resource_type: null,
    resource_id: null,
    before: null,
    after: null,
    ip_address: '::1',
    user_agent: null,
    created_at: AT,
  }
  const entries = [entry, { ...entry, id: '2', created_at: '2026-11-19T10:00:00Z' }]
  const { container } = await renderPage(
    <ActivityList entries={entries} actorOf={(each) => `person ${each.id}`} />,
  )
  expect(screen.getAllByRole('heading', { level: 3 })).toHaveLength(2)
  expect(screen.getAllByRole('listitem')[1]).toHaveTextContent('person 2: Changed the password')
  expect(await findings(container)).toEqual([])
})
