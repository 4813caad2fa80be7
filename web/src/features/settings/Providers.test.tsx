import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { findings } from '../../../tests/axe'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import { Providers } from './Providers'

const API = 'http://studio.test/api'
const HOME = { id: 'home', label: 'Home' }
const WORK = { id: 'work', label: 'Work' }
const IDENTITY = {
  id: 'i',
  provider: HOME,
  email: 'ada@example.org',
  created_at: '2026-03-01T10:00:00Z',
  last_used_at: '2026-03-01T10:00:00Z',
}
const known = (...providers: (typeof HOME)[]) =>
  http.get(`${API}/auth/methods`, () =>
    HttpResponse.json({ password: true, guests: false, providers }),
  )
const own = (...items: unknown[]) =>
  http.get(`${API}/me/identities`, () => HttpResponse.json({ items, next_cursor: null }))

describe('providers of the account', () => {
  beforeEach(() => server.use(known(HOME, WORK), own(IDENTITY)))

  it('shows what is used and offers the rest', async () => {
    const { container } = await renderPage(<Providers />, { at: '/settings' })
    const rows = await screen.findAllByRole('listitem')
    expect(within(rows[0]!).getByText(/ada@example.org/)).toBeVisible()
    expect(within(rows[0]!).getByRole('button', { name: 'Remove Home' })).toBeVisible()
    expect(await screen.findByRole('button', { name: 'Add Work' })).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Add Home' })).not.toBeInTheDocument()
    expect(await findings(container)).toEqual([])
  })

  it('is nothing where the studio knows no provider', async () => {
    server.use(known(), own())
    await renderPage(<Providers />, { at: '/settings' })
    expect(screen.queryByText('Sign in with a provider')).not.toBeInTheDocument()
  })

  it('says why the last way in stays', async () => {
    const detail = 'This is the only way in to your account.'
    server.use(
      http.delete(`${API}/me/identities/i`, () =>
        HttpResponse.json({ error: 'last_way_in', detail, field: null }, { status: 409 }),
      ),
    )
    const user = userEvent.setup()
    await renderPage(<Providers />, { at: '/settings' })
    await user.click(await screen.findByRole('button', { name: 'Remove Home' }))
    await waitFor(() => expect(screen.getByText(detail)).toBeInTheDocument())
  })

  it('says what went wrong at the provider', async () => {
    await renderPage(<Providers />, { at: '/settings?problem=identity_taken' })
    expect(await screen.findByRole('alert')).toHaveTextContent(/another account of this studio/)
  })
})
