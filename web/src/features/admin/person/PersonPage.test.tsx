import type { PersonOut } from '@/api'
import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { ADMIN, ledgerEntry, page, PERMISSIONS, person, trailEntry } from '../fixtures'
import PersonPage from './PersonPage'

const API = 'http://studio.test/api'
const BO = person(2, { username: 'bo', two_factor: true })
const ONE = `${API}/people/${BO.id}`
const no = (detail: string, status = 409) =>
  HttpResponse.json({ error: 'conflict', detail, field: null }, { status })

let who: PersonOut
let asked: string[]

/** Answers 204 to what is done, and remembers it with its body. */
const done = (
  method: 'put' | 'delete' | 'post',
  path: string,
  then: () => void = () => undefined,
) =>
  http[method](`${ONE}${path}`, async ({ request }) => {
    const body = await request.text()
    asked.push(
      [method, new URL(request.url).pathname.split(BO.id)[1], body].filter(Boolean).join(' '),
    )
    then()
    return method === 'delete' ? new HttpResponse(null, { status: 204 }) : HttpResponse.json(who)
  })

beforeEach(() => {
  who = BO
  asked = []
  server.use(
    http.get(`${API}/me`, () => HttpResponse.json(ADMIN)),
    http.get(`${API}/me/content`, () => no('Not here.', 404)),
    http.get(`${API}/permissions`, () => HttpResponse.json(page(PERMISSIONS))),
    http.get(ONE, () => HttpResponse.json(who)),
  )
})

const open = async (part = '') =>
  renderPage(<PersonPage />, {
    at: `/admin/people/${BO.id}${part ? `?part=${part}` : ''}`,
    path: '/admin/people/$personId',
  })

describe('the account', () => {
  it('shows roles with what each may do', async () => {
    await open()
    expect(await screen.findByRole('heading', { name: 'bo' })).toBeVisible()
    expect(screen.getByRole('switch', { name: 'Member' })).toBeChecked()
    expect(screen.getByRole('switch', { name: 'Moderator' })).not.toBeChecked()
    expect(await screen.findByText('Queue own jobs. Read everything.')).toBeVisible()
    expect(screen.getByText('Everything.')).toBeVisible()
    expect(screen.queryByText('Age')).toBeNull()
  })

  it('is clean for those who do not see it', async () => {
    const { container } = await open()
    await screen.findByText('Everything.')
    expect(await findings(container)).toEqual([])
  })

  it('gives a role', async () => {
    server.use(
      done('put', '/roles/moderator', () => {
        who = { ...BO, roles: ['moderator', 'basic_user'] }
      }),
    )
    await open()
    await userEvent.click(await screen.findByRole('switch', { name: 'Moderator' }))
    await waitFor(() => expect(screen.getByRole('switch', { name: 'Moderator' })).toBeChecked())
    expect(asked).toEqual(['put /roles/moderator'])
    expect(screen.getByText('bo is now moderator')).toBeVisible()
  })

  it('shows the refusal of the last admin as the studio says it, and stays as it was', async () => {
    who = { ...BO, roles: ['admin', 'basic_user'] }
    server.use(http.delete(`${ONE}/roles/admin`, () => no('This is the last admin.')))
    await open()
    await userEvent.click(await screen.findByRole('switch', { name: 'Admin' }))
    expect(await screen.findByText('This is the last admin.')).toBeVisible()
    expect(screen.getByRole('switch', { name: 'Admin' })).toBeChecked()
  })

  it('puts it on a plan, or says that there is none', async () => {
    server.use(http.put(`${ONE}/plan`, () => no('This studio has no plans.', 422)))
    await open()
    await userEvent.click(await screen.findByRole('radio', { name: 'pro' }))
    expect(await screen.findByText('This studio has no plans.')).toBeVisible()
    server.use(
      done('put', '/plan', () => {
        who = { ...BO, plan: 'pro' }
      }),
    )
    await userEvent.click(screen.getByRole('radio', { name: 'pro' }))
    await waitFor(() => expect(screen.getByRole('radio', { name: 'pro' })).toBeChecked())
    expect(asked).toEqual(['put /plan {"plan":"pro"}'])
  })

  it('is suspended for a reason, and restored', async () => {
    server.use(
      done('post', '/suspend', () => {
        who = { ...BO, suspended_at: '2026-11-20T10:00:00Z', suspended_reason: 'noise' }
      }),
      done('post', '/restore', () => {
        who = BO
      }),
    )
    await open()
    const form = within(await screen.findByRole('form', { name: 'Suspend' }))
    expect(form.getByRole('button', { name: 'Suspend' })).toBeDisabled()
    await userEvent.type(form.getByLabelText('Reason'), ' noise ')
    await userEvent.click(form.getByRole('button', { name: 'Suspend' }))
    expect(await screen.findByText(/Since .*: noise/)).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Restore the account' }))
    expect(await screen.findByRole('form', { name: 'Suspend' })).toBeVisible()
    expect(asked).toEqual(['post /suspend {"reason":"noise"}', 'post /restore'])
  })

  it('has an age to verify only where the studio asks for it', async () => {
    server.use(
      http.get(`${API}/me/content`, () =>
        HttpResponse.json({ steps: [{ name: 'studio', mode: 'adult' }] }),
      ),
      done('put', '/age', () => {
        who = { ...BO, age_verified: true }
      }),
    )
    await open()
    const form = within(await screen.findByRole('form', { name: 'Verify' }))
    await userEvent.type(form.getByLabelText('Reason'), 'seen the passport')
    await userEvent.click(form.getByRole('button', { name: 'Verify' }))
    expect(await screen.findByRole('form', { name: 'Withdraw' })).toBeVisible()
    expect(asked).toEqual(['put /age {"verified":true,"reason":"seen the passport"}'])
  })

  it('is deleted once its name is typed, for a reason', async () => {
    server.use(
      done('delete', ''),
      http.get(`${API}/people`, () => HttpResponse.json(page([]))),
    )
    const { router } = await open()
    await userEvent.click(await screen.findByRole('button', { name: 'Delete this account…' }))
    const form = within(screen.getByRole('form', { name: 'Delete the account for good' }))
    const button = form.getByRole('button', { name: 'Delete the account for good' })
    await userEvent.type(form.getByLabelText('Reason'), 'asked for it')
    await userEvent.type(form.getByLabelText('Type bo to go on'), 'b')
    expect(button).toBeDisabled()
    await userEvent.type(form.getByLabelText('Type bo to go on'), 'o')
    await userEvent.click(button)
    await waitFor(() => expect(router.state.location.pathname).toBe('/admin/people'))
    expect(asked).toEqual(['delete {"reason":"asked for it"}'])
  })
})

describe('signing in', () => {
  const session = {
    id: 's1',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    ip_address: '10.0.0.7',
    created_at: '2026-11-01T10:00:00Z',
    last_seen_at: '2026-11-20T10:00:00Z',
    expires_at: '2026-12-20T10:00:00Z',
    current: false,
  }
  const key = {
    id: 'k1',
    name: 'script',
    prefix: 'fab_abc',
    scopes: ['read'],
    expires_at: null,
    created_at: '2026-11-01T10:00:00Z',
    last_used_at: null,
  }
  let sessions: object[]
  let apiKeys: object[]

  beforeEach(() => {
    sessions = [session]
    apiKeys = [key]
    server.use(
      http.get(`${ONE}/sessions`, () => HttpResponse.json(page(sessions))),
      http.get(`${ONE}/api-keys`, () => HttpResponse.json(page(apiKeys))),
    )
  })

  it('shows a one-time link once', async () => {
    server.use(
      http.post(`${ONE}/sign-in-link`, () =>
        HttpResponse.json({ address: 'http://studio.test/sign-in#token=x' }, { status: 201 }),
      ),
    )
    await open('sign-in')
    await userEvent.click(await screen.findByRole('button', { name: 'Make a link' }))
    expect(await screen.findByText('http://studio.test/sign-in#token=x')).toBeVisible()
    expect(await findings(document.body)).toEqual([])
  })

  it('ends one session, and revokes one key when asked twice', async () => {
    server.use(
      done('delete', '/sessions/s1', () => {
        sessions = []
      }),
      done('delete', '/api-keys/k1', () => {
        apiKeys = []
      }),
    )
    await open('sign-in')
    await userEvent.click(await screen.findByRole('button', { name: /Sign out Firefox/ }))
    expect(await screen.findByText('Nowhere signed in.')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Revoke script' }))
    expect(asked).toEqual(['delete /sessions/s1'])
    await userEvent.click(screen.getByRole('button', { name: 'Revoke it' }))
    expect(await screen.findByText('No keys.')).toBeVisible()
    expect(asked).toEqual(['delete /sessions/s1', 'delete /api-keys/k1'])
  })

  it('ends all of them, and turns the second factor off', async () => {
    server.use(
      done('delete', '/sessions', () => {
        sessions = []
      }),
      done('delete', '/api-keys'),
      done('delete', '/two-factor', () => {
        who = { ...BO, two_factor: false }
      }),
    )
    await open('sign-in')
    await userEvent.click(await screen.findByRole('button', { name: 'End all' }))
    await userEvent.click(screen.getByRole('button', { name: 'End 1 session' }))
    await userEvent.click(screen.getByRole('button', { name: 'Revoke all' }))
    await userEvent.click(screen.getByRole('button', { name: 'Revoke 1 key' }))
    await userEvent.click(screen.getByRole('button', { name: 'Turn it off' }))
    await userEvent.click(screen.getByRole('button', { name: 'Yes, turn it off' }))
    expect(await screen.findByText('Off. Only the person can set it up.')).toBeVisible()
    expect(asked).toEqual(['delete /sessions', 'delete /api-keys', 'delete /two-factor'])
  })
})

describe('credits', () => {
  let grants: { key: string | null; body: unknown }[]

  beforeEach(() => {
    grants = []
    server.use(
      http.get(`${ONE}/usage`, () => HttpResponse.json(page([]))),
      http.get(`${API}/ledger`, ({ request }) => {
        asked.push(new URL(request.url).search)
        return HttpResponse.json(page([ledgerEntry(1)]))
      }),
      http.post(`${ONE}/credits`, async ({ request }) => {
        grants.push({ key: request.headers.get('idempotency-key'), body: await request.json() })
        if (grants.length === 1) return HttpResponse.error()
        who = { ...BO, balance: 70 }
        return HttpResponse.json({ balance: 70, reserved: 0 })
      }),
    )
  })

  it('are taken with a reason, the new balance in sight, and once for one intention', async () => {
    await open('credits')
    const form = within(await screen.findByRole('form', { name: 'Credits' }))
    await userEvent.click(form.getByRole('radio', { name: 'Take' }))
    await userEvent.type(form.getByLabelText('Amount'), '30')
    expect(form.getByText('70')).toBeVisible()
    expect(form.getByRole('button', { name: 'Take 30 credits' })).toBeDisabled()
    await userEvent.type(form.getByLabelText('Reason'), 'given twice')
    await userEvent.click(form.getByRole('button', { name: 'Take 30 credits' }))
    expect(await form.findByRole('alert')).toHaveTextContent('does not answer')
    await userEvent.click(form.getByRole('button', { name: 'Take 30 credits' }))
    expect(await screen.findByText('bo has 70 credits now')).toBeVisible()
    expect(grants.map((grant) => grant.body)).toEqual([
      { amount: -30, reason: 'given twice' },
      { amount: -30, reason: 'given twice' },
    ])
    expect(grants[0]?.key).toBeTruthy()
    expect(grants[1]?.key).toBe(grants[0]?.key)
    expect(form.getByLabelText('Amount')).toHaveValue('')
  })

  it('stand with their ledger, of this person only', async () => {
    await open('credits')
    expect(await screen.findByText('workshop')).toBeVisible()
    expect(asked).toEqual([`?account=${BO.id}`])
    expect(screen.queryByRole('columnheader', { name: 'PersonOut' })).toBeNull()
    expect(await findings(document.body)).toEqual([])
  })
})

it('shows what the person did', async () => {
  server.use(
    http.get(`${API}/activity`, ({ request }) => {
      expect(new URL(request.url).searchParams.get('user_id')).toBe(BO.id)
      return HttpResponse.json(
        page([
          trailEntry(1, {
            user_id: BO.id,
            username: 'bo',
            action: 'sign_out',
            resource_type: 'session',
            before: null,
            after: null,
          }),
        ]),
      )
    }),
  )
  await open('activity')
  expect(await screen.findByText('Signed out')).toBeVisible()
})

it('says so when there is no such person', async () => {
  server.use(http.get(ONE, () => no('There is no such account.', 404)))
  await open()
  expect(await screen.findByText('There is no such account.')).toBeVisible()
})
