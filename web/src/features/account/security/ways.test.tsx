import { screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { IdentitiesPart } from './IdentitiesPart'
import { SessionsPart } from './SessionsPart'

const API = 'http://studio.test/api'
const session = (id: string, current = false) => ({
  id,
  user_agent: null,
  ip_address: '10.0.0.1',
  created_at: '2026-11-20T10:00:00Z',
  last_seen_at: '2026-11-20T10:00:00Z',
  expires_at: '2026-12-20T10:00:00Z',
  current,
})
const page = (items: object[], next: string | null = null) =>
  HttpResponse.json({ items, next_cursor: next })
const nothing = () =>
  HttpResponse.json({ error: 'not_found', detail: 'Nothing here.', field: null }, { status: 404 })

beforeEach(() => {
  server.use(
    http.get(`${API}/me/sessions`, () => page([session('a', true), session('b')])),
    http.get(`${API}/auth/methods`, nothing),
  )
})
const open = () =>
  renderPage(
    <>
      <IdentitiesPart />
      <SessionsPart />
    </>,
    { at: '/account/sign-in' },
  )

describe('sessions', () => {
  it('end all but this one, also those of pages that were not read', async () => {
    const ended: string[] = []
    const left = () => ['b', 'c', 'd'].filter((id) => !ended.includes(id))
    server.use(
      http.get(`${API}/me/sessions`, ({ request }) => {
        const asked = new URL(request.url).searchParams
        const [first, ...rest] = left()
        if (asked.get('cursor')) return page(rest.map((id) => session(id)))
        return page(
          [session('a', true), ...(first ? [session(first), session('x')] : [])],
          rest.length ? 'next' : null,
        )
      }),
      http.delete(`${API}/me/sessions/:id`, ({ params }) => {
        ended.push(String(params.id))
        return new HttpResponse(null, { status: 204 })
      }),
    )
    await open()
    await userEvent.click(await screen.findByRole('button', { name: 'Sign out all others' }))
    expect(await screen.findByText('4 browsers signed out')).toBeVisible()
    expect(ended.sort()).toEqual(['b', 'c', 'd', 'x'])
  })

  it('that cannot be ended stay, with the reason', async () => {
    server.use(
      http.delete(`${API}/me/sessions/b`, () =>
        HttpResponse.json({ error: 'x', detail: 'It has ended already.' }, { status: 404 }),
      ),
    )
    await open()
    await userEvent.click(await screen.findByRole('button', { name: /Sign out An unknown device/ }))
    expect(await screen.findByText('It has ended already.')).toBeVisible()
  })
})

describe('linked accounts', () => {
  it('are not spoken of where there are no providers', async () => {
    await open()
    await screen.findByText('this browser')
    expect(screen.queryByRole('heading', { name: 'Linked accounts' })).toBeNull()
  })

  it('are linked at the provider, and unlinked only when asked twice', async () => {
    let identities = [
      {
        id: 'i1',
        provider: { id: 'acme', label: 'Acme' },
        email: 'ada@acme.test',
        created_at: '2026-11-01T10:00:00Z',
        last_used_at: '2026-11-20T10:00:00Z',
      },
    ]
    const assign = vi.fn()
    const original = location
    vi.stubGlobal('location', { assign, origin: original.origin, href: original.href })
    onTestFinished(() => void vi.stubGlobal('location', original))
    server.use(
      http.get(`${API}/auth/methods`, () =>
        HttpResponse.json({
          password: true,
          guests: false,
          providers: [
            { id: 'acme', label: 'Acme' },
            { id: 'other', label: 'Other' },
          ],
        }),
      ),
      http.get(`${API}/me/identities`, () => HttpResponse.json({ items: identities })),
      http.post(`${API}/me/identities/other`, () =>
        HttpResponse.json({ url: 'https://other.test/authorize' }),
      ),
      http.delete(`${API}/me/identities/i1`, () => {
        identities = []
        return new HttpResponse(null, { status: 204 })
      }),
    )
    const { container } = await open()
    expect(await screen.findByText('Acme, ada@acme.test')).toBeVisible()
    expect(await findings(container)).toEqual([])
    expect(screen.queryByRole('button', { name: 'Link Acme' })).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Link Other' }))
    await waitFor(() => expect(assign).toHaveBeenCalledWith('https://other.test/authorize'))
    await userEvent.click(screen.getByRole('button', { name: 'Unlink Acme' }))
    await userEvent.click(screen.getByRole('button', { name: 'Unlink it' }))
    expect(await screen.findByText(/None yet/)).toBeVisible()
  })
})
