import { screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { account } from '../../../../tests/fixtures'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import ActivitySection from './ActivitySection'
import { checkActivitySearch, timesOf } from './search'

const API = 'http://studio.test/api'
let asked: URLSearchParams[] = []

beforeEach(() => {
  asked = []
  server.use(
    http.get(`${API}/me`, () => HttpResponse.json(account())),
    http.get(`${API}/activity`, ({ request }) => {
      const query = new URL(request.url).searchParams
      asked.push(query)
      const entry = {
        id: '1',
        user_id: account().id,
        action: 'password.changed',
        resource_type: 'account',
        resource_id: account().id,
        before: null,
        after: null,
        ip_address: '10.0.0.1',
        user_agent: null,
        created_at: '2026-11-20T10:00:00Z',
      }
      return HttpResponse.json({ items: query.get('action') ? [] : [entry], next_cursor: null })
    }),
  )
})

it('asks for the own entries alone, by kind and days', async () => {
  const { container, router } = await renderPage(<ActivitySection />, { at: '/account/activity' })
  expect(await screen.findByText('Changed the password')).toBeVisible()
  expect(asked[0]?.get('user_id')).toBe(account().id)
  expect(await findings(container)).toEqual([])
  expect(screen.queryByRole('option', { name: 'Roles given' })).toBeNull()
  await userEvent.selectOptions(screen.getByLabelText('What'), 'API key made')
  expect(await screen.findByText('Nothing of this kind in these days.')).toBeVisible()
  expect(asked.at(-1)?.get('action')).toBe('api_key.made')
  await userEvent.type(screen.getByLabelText('From'), '2026-11-01')
  await waitFor(() =>
    expect(router.state.location.search).toEqual({ action: 'api_key.made', from: '2026-11-01' }),
  )
  await userEvent.click(screen.getByRole('button', { name: 'Show everything' }))
  expect(await screen.findByText('Changed the password')).toBeVisible()
  await waitFor(() => expect(asked.at(-1)?.has('since')).toBe(false))
})

describe('days of the address', () => {
  it('reach from the begin of the first to the end of the last', () => {
    const { since, until } = timesOf({ from: '2026-11-01', to: '2026-11-30' })
    expect(since).toBe(new Date(2026, 10, 1).toISOString())
    expect(until).toBe(new Date(2026, 11, 1).toISOString())
    expect(timesOf({})).toEqual({})
  })

  it('are left out where they are none', () => {
    expect(checkActivitySearch({ from: 'soon', to: '2026-13-99', action: 7 })).toEqual({})
    expect(checkActivitySearch({ from: '2026-11-01', action: 'sign_in' })).toEqual({
      from: '2026-11-01',
      action: 'sign_in',
    })
  })
})
