import { screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ContentOut } from '@/api'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import { ContentPart } from './ContentPart'
import { Cover } from './Cover'
import { coverAll, useCovered, type Rated } from './cover'

const API = 'http://studio.test/api'
const content = (change: Partial<ContentOut> = {}): ContentOut => ({
  mode: 'general',
  blur: true,
  age_check: 'confirmed',
  steps: [
    { name: 'studio', mode: 'adult', reason: 'Allowed.' },
    { name: 'age', mode: 'adult', reason: 'Confirmed.' },
    { name: 'own', mode: 'general', reason: 'Chosen.' },
  ],
  ...change,
})

function Tile({ item }: { item: Rated }) {
  return useCovered(item) ? <Cover id={item.id} /> : <p>in sight</p>
}

beforeEach(() => coverAll())

describe('a rated picture', () => {
  it('is covered until it is chosen', async () => {
    server.use(http.get(`${API}/me/content`, () => HttpResponse.json(content())))
    await renderPage(<Tile item={{ id: 'a', rating: 'adult' }} />)
    await userEvent.click(await screen.findByRole('button', { name: /for adults/ }))
    expect(screen.getByText('in sight')).toBeVisible()
  })

  it('is in sight where the person wants it so', async () => {
    server.use(http.get(`${API}/me/content`, () => HttpResponse.json(content({ blur: false }))))
    await renderPage(<Tile item={{ id: 'a', rating: 'adult' }} />)
    expect(await screen.findByText('in sight')).toBeVisible()
  })

  it('for everybody is never covered and asks for nothing', async () => {
    await renderPage(<Tile item={{ id: 'a', rating: 'general' }} />)
    expect(await screen.findByText('in sight')).toBeVisible()
  })
})

describe('the part of the settings', () => {
  it('asks for a birth date first and says what a refusal means', async () => {
    server.use(
      http.post(`${API}/me/age`, () =>
        HttpResponse.json(
          { error: 'age_refused', detail: 'Only from 18 years.', field: null },
          { status: 403 },
        ),
      ),
    )
    await renderPage(<ContentPart found={content({ age_check: 'open' })} />)
    await userEvent.type(screen.getByLabelText(/Birth date/), '2015-03-01')
    await userEvent.click(screen.getByRole('button', { name: 'Confirm' }))
    expect(await screen.findByText(/Only from 18 years/)).toBeVisible()
  })

  it('offers no form where only an admin can confirm', async () => {
    await renderPage(<ContentPart found={content({ age_check: 'closed' })} />)
    expect(screen.queryByLabelText(/Birth date/)).toBeNull()
    expect(screen.getByText(/Only an admin/)).toBeVisible()
  })

  it('sends the choice whole', async () => {
    const sent: unknown[] = []
    server.use(
      http.put(`${API}/me/content`, async ({ request }) => {
        sent.push(await request.json())
        return HttpResponse.json(content({ mode: 'adult' }))
      }),
    )
    await renderPage(<ContentPart found={content()} />)
    await userEvent.click(screen.getByRole('radio', { name: 'For adults' }))
    await waitFor(() => expect(sent).toEqual([{ mode: 'adult', blur: true }]))
  })
})
