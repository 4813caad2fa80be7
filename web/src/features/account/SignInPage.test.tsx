import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keys } from '@/api/keys'
import { findings } from '../../../tests/axe'
import { renderPage, testClient } from '../../../tests/render'
import { server } from '../../../tests/server'
import SignInPage from './SignInPage'

const API = 'http://studio.test/api'
const ADA = { id: '1', username: 'ada', display_name: 'ada', roles: [], has_password: true }
const refused = (detail: string) =>
  HttpResponse.json({ error: 'not_signed_in', detail, field: null }, { status: 401 })

const METHODS = { password: true, guests: false, providers: [{ id: 'home', label: 'Home' }] }
const methods = (changes: Partial<typeof METHODS> = {}) =>
  http.get(`${API}/auth/methods`, () => HttpResponse.json({ ...METHODS, ...changes }))

beforeEach(() => server.use(methods({ providers: [] })))
afterEach(() => history.replaceState(null, '', '/'))

describe('signing in', () => {
  it('by name and password leads back to where one was', async () => {
    server.use(
      http.post(`${API}/auth/login`, async ({ request }) => {
        expect(await request.json()).toEqual({
          username: 'ada',
          password: 'open sesame',
          code: null,
        })
        return HttpResponse.json(ADA)
      }),
    )
    const user = userEvent.setup()
    const { router, client } = await renderPage(<SignInPage />, {
      at: '/sign-in?next=%2Flibrary%3Fq%3Dfox',
    })
    await user.type(await screen.findByLabelText('User name'), ' ada')
    await user.type(screen.getByLabelText('Password', { selector: 'input' }), 'open sesame')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    await waitFor(() => expect(router.state.location.href).toBe('/library?q=fox'))
    expect(client.getQueryData(['me'])).toEqual(ADA)
  })

  it('says what is wrong', async () => {
    server.use(
      http.post(`${API}/auth/login`, () => refused('This name and password do not match.')),
    )
    const user = userEvent.setup()
    await renderPage(<SignInPage />, { at: '/sign-in' })
    await user.type(await screen.findByLabelText('User name'), 'ada')
    await user.type(screen.getByLabelText('Password', { selector: 'input' }), 'wrong')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'This name and password do not match.',
    )
  })

  it('asks for the code of a second factor where there is one', async () => {
    const codes: unknown[] = []
    server.use(
      http.post(`${API}/auth/login`, async ({ request }) => {
        const { code } = (await request.json()) as { code: string | null }
        codes.push(code)
        if (code) return HttpResponse.json(ADA)
        const detail = 'Give the code of your authenticator app as well.'
        return HttpResponse.json(
          { error: 'second_factor_needed', detail, field: 'code' },
          { status: 401 },
        )
      }),
    )
    const user = userEvent.setup()
    const { router } = await renderPage(<SignInPage />, { at: '/sign-in' })
    await user.type(await screen.findByLabelText('User name'), 'ada')
    await user.type(screen.getByLabelText('Password', { selector: 'input' }), 'open sesame')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    await user.type(await screen.findByLabelText('Code'), '123456')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/workspace'))
    expect(codes).toEqual([null, '123456'])
  })

  it('signs in by a link that is opened where the page is open already', async () => {
    server.use(http.post(`${API}/auth/link`, () => HttpResponse.json(ADA)))
    const { router } = await renderPage(<SignInPage />, { at: '/sign-in' })
    await screen.findByLabelText('User name')
    history.replaceState(null, '', '/sign-in#token=later')
    window.dispatchEvent(new HashChangeEvent('hashchange'))
    await waitFor(() => expect(router.state.location.pathname).toBe('/workspace'))
  })

  it('by a link uses its token once and takes it out of the address', async () => {
    const tokens: unknown[] = []
    server.use(
      http.post(`${API}/auth/link`, async ({ request }) => {
        tokens.push(await request.json())
        return HttpResponse.json(ADA)
      }),
    )
    history.replaceState(null, '', '/sign-in#token=once-only')
    const { router } = await renderPage(<SignInPage />, { at: '/sign-in' })
    await waitFor(() => expect(router.state.location.pathname).toBe('/workspace'))
    expect(tokens).toEqual([{ token: 'once-only' }])
    expect(location.hash).toBe('')
  })

  it('shows the form when a link is used up', async () => {
    server.use(http.post(`${API}/auth/link`, () => refused('This link was used already.')))
    history.replaceState(null, '', '/sign-in#token=old')
    const { container } = await renderPage(<SignInPage />, { at: '/sign-in' })
    expect(await screen.findByRole('alert')).toHaveTextContent('This link was used already.')
    expect(await screen.findByLabelText('User name')).toBeVisible()
    expect(await findings(container)).toEqual([])
  })

  it('offers each provider, which comes back to where one was', async () => {
    server.use(methods())
    const { container } = await renderPage(<SignInPage />, {
      at: '/sign-in?next=%2Flibrary%3Fq%3Dfox',
    })
    const button = await screen.findByRole('link', { name: 'Sign in with Home' })
    expect(button).toHaveAttribute('href', '/api/auth/oidc/home/start?next=%2Flibrary%3Fq%3Dfox')
    expect(screen.getByLabelText('User name')).toBeVisible()
    expect(await findings(container)).toEqual([])
  })

  it('leaves the password out where nobody has one', async () => {
    server.use(methods({ password: false }))
    await renderPage(<SignInPage />, { at: '/sign-in' })
    await screen.findByRole('link', { name: 'Sign in with Home' })
    expect(screen.queryByLabelText('User name')).not.toBeInTheDocument()
  })

  it('still asks for a password where the studio does not say', async () => {
    server.use(http.get(`${API}/auth/methods`, () => refused('No.')))
    await renderPage(<SignInPage />, { at: '/sign-in' })
    expect(await screen.findByLabelText('User name')).toBeVisible()
  })

  it('lets guests in where the studio does', async () => {
    server.use(
      methods({ guests: true }),
      http.post(`${API}/auth/guest`, () => HttpResponse.json(ADA)),
    )
    const user = userEvent.setup()
    const { router } = await renderPage(<SignInPage />, { at: '/sign-in?next=/library' })
    await user.click(await screen.findByRole('button', { name: 'Look around as a guest' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/library'))
  })

  it.each([
    ['account_unknown', /Nobody here is known/],
    ['something_new', /Signing in did not work/],
  ])('says what %s means', async (problem, sentence) => {
    await renderPage(<SignInPage />, { at: `/sign-in?problem=${problem}` })
    expect(await screen.findByRole('alert')).toHaveTextContent(sentence)
    expect(await screen.findByLabelText('User name')).toBeVisible()
  })

  it('asks for the code after a provider where the studio wants it', async () => {
    server.use(
      http.post(`${API}/auth/oidc/code`, async ({ request }) =>
        ((await request.json()) as { code: string }).code === '123456'
          ? HttpResponse.json(ADA)
          : refused('That code is not right.'),
      ),
    )
    const user = userEvent.setup()
    const { router } = await renderPage(<SignInPage />, { at: '/sign-in?step=code&next=/library' })
    await user.type(await screen.findByLabelText('Code'), '1')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('That code is not right.')
    await user.type(screen.getByLabelText('Code'), '23456')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/library'))
  })
})

it('says where somebody who signed out is still signed in', async () => {
  const client = testClient()
  client.setQueryData(keys.leftBehind, {
    provider: { id: 'home', label: 'Home' },
    sign_out_url: 'https://id.example.org/end?client_id=fabula',
  })
  await renderPage(<SignInPage />, { at: '/sign-in', client })
  expect(await screen.findByText(/still signed in at Home/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Sign out there too' })).toHaveAttribute(
    'href',
    'https://id.example.org/end?client_id=fabula',
  )
})
