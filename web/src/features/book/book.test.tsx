import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { findings } from '../../../tests/axe'
import { credits, job, jobType } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import type { RememberedOut } from '@/api'
import { panels } from '@/app/panels'
import { Composer } from '@/features/workspace/Composer'
import { getDraft, patchDraft, resetDraft } from '@/features/workspace/draft'
import { withPiece } from '@/features/workspace/promptFocus'
import BookDrawer from './BookDrawer'
import CombinationsSheet from './CombinationsSheet'
import { isDynamic, missingValues, variablesIn } from './dynamic'

const API = 'http://studio.test/api'
const BOOK = `${API}/prompt-book`
const page = (items: unknown[]) => HttpResponse.json({ items, next_cursor: null })

const row = (id: string, change: Partial<RememberedOut> = {}): RememberedOut => ({
  id,
  prompt: `a ${id}`,
  negative_prompt: '',
  format: 'image',
  uses: 2,
  is_favorite: false,
  created_at: '2026-11-20T10:00:00Z',
  last_used_at: '2026-11-20T10:00:00Z',
  ...change,
})

beforeEach(() => {
  resetDraft()
  panels.close()
  server.use(
    http.get(`${API}/job-types`, () => page([jobType()])),
    http.get(`${API}/me/credits`, () => HttpResponse.json(credits({ balance: 30, reserved: 0 }))),
  )
})

describe('prompts that stand for many', () => {
  it.each([
    ['a {red|blue} fox', true],
    ['a __animals__', true],
    ['in ${place}', true],
    ['a fox', false],
    [String.raw`a \{fox\}`, false],
    ['snake__case', false],
  ])('%s: %s', (prompt, is) => expect(isDynamic(prompt)).toBe(is))

  it('name variables, of which some need a value', () => {
    const named = variablesIn('${place} and ${time=night} and ${place}')
    expect(named).toEqual([
      { name: 'place', hasDefault: false },
      { name: 'time', hasDefault: true },
    ])
    expect(missingValues(named, {}).map(({ name }) => name)).toEqual(['place'])
    expect(missingValues(named, { place: 'a wood' })).toEqual([])
  })

  it('take a piece with room around it', () => {
    expect(withPiece('a fox', 'red', 1)).toEqual({ text: 'a red fox', end: 5 })
    expect(withPiece('a fox', 'soft light', 5)).toEqual({ text: 'a fox soft light', end: 16 })
    expect(withPiece('', 'fox', 0)).toEqual({ text: 'fox', end: 3 })
    expect(withPiece('ab', 'x', 1)).toEqual({ text: 'a x b', end: 3 })
  })
})

describe('the book', () => {
  it('finds a prompt again, uses it, and gives the old one back', async () => {
    const asked: string[] = []
    server.use(
      http.get(`${BOOK}/history`, ({ request }) => {
        asked.push(new URL(request.url).search)
        return page([row('fox', { negative_prompt: 'rain' }), row('owl')])
      }),
    )
    patchDraft({ prompt: 'mine' })
    await renderPage(<BookDrawer onClose={panels.close} />)
    expect(await screen.findByText('a fox')).toBeVisible()
    expect(await findings(screen.getByRole('list', { name: 'History' }))).toEqual([])
    await userEvent.click(screen.getByLabelText('Favourites only'))
    await waitFor(() => expect(asked.at(-1)).toBe('?favorites=true'))
    await userEvent.click(await screen.findByRole('button', { name: 'Use: a fox' }))
    expect(getDraft()).toMatchObject({ prompt: 'a fox', negative: 'rain' })
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
    expect(getDraft()).toMatchObject({ prompt: 'mine', negative: '' })
  })

  it('makes a favourite, and forgets with a way back', async () => {
    let sent: unknown
    server.use(
      http.get(`${BOOK}/history`, () => page([row('fox')])),
      http.patch(`${BOOK}/history/fox`, async ({ request }) => {
        sent = await request.json()
        return HttpResponse.json(row('fox', { is_favorite: true }))
      }),
    )
    await renderPage(<BookDrawer onClose={panels.close} />)
    await userEvent.click(await screen.findByRole('button', { name: 'Favourite: a fox' }))
    await waitFor(() => expect(sent).toEqual({ is_favorite: true }))
    await userEvent.click(screen.getByRole('button', { name: 'Forget: a fox' }))
    expect(screen.queryByText('a fox')).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
    expect(screen.getByText('a fox')).toBeVisible()
  })

  it('keeps snippets and lists, and puts them into the prompt', async () => {
    let sent: unknown
    server.use(
      http.get(`${BOOK}/history`, () => page([])),
      http.get(`${BOOK}/snippets`, () =>
        page([{ name: 'light', text: 'golden light', updated_at: '2026-11-20T10:00:00Z' }]),
      ),
      http.get(`${BOOK}/lists`, () => page([])),
      http.put(`${BOOK}/lists/animals`, async ({ request }) => {
        sent = await request.json()
        return HttpResponse.json({ name: 'animals', entries: [], updated_at: '' })
      }),
    )
    patchDraft({ prompt: 'a fox' })
    await renderPage(<BookDrawer onClose={panels.close} />)
    await userEvent.click(screen.getByRole('radio', { name: 'Snippets' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Insert light' }))
    expect(getDraft().prompt).toBe('a fox golden light')
    await userEvent.click(screen.getByRole('radio', { name: 'Lists' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Make the first list' }))
    await userEvent.type(screen.getByLabelText('Name'), 'animals')
    await userEvent.type(screen.getByLabelText('Entries'), 'fox{enter} owl {enter}{enter}')
    expect(await findings(screen.getByRole('form', { name: 'List' }))).toEqual([])
    await userEvent.click(screen.getByRole('button', { name: 'Save the list' }))
    await waitFor(() => expect(sent).toEqual({ entries: ['fox', 'owl'] }))
  })
})

describe('combinations', () => {
  const prompts = ['a red fox', 'a blue fox', 'a green fox']
  let keysSent: (string | null)[] = []
  let refuse = 0

  beforeEach(() => {
    keysSent = []
    refuse = 0
    server.use(
      http.post(`${BOOK}/expand`, async ({ request }) => {
        const { values, count } = (await request.json()) as {
          values?: Record<string, string>
          count: number
        }
        const found = prompts.map((prompt) => `${prompt}${values?.place ?? ''}`)
        return HttpResponse.json({
          total: 3,
          prompts: found.slice(0, count),
          lists: [],
          variables: [],
          seed: null,
        })
      }),
      http.post(`${API}/jobs`, ({ request }) => {
        keysSent.push(request.headers.get('idempotency-key'))
        if (keysSent.length === refuse) {
          return HttpResponse.json(
            { error: 'too_many_requests', detail: 'Wait a moment.' },
            { status: 429 },
          )
        }
        return HttpResponse.json(job(keysSent.length, { status: 'queued' }), { status: 202 })
      }),
    )
  })

  it('are said beneath the prompt, and Make shows them first', async () => {
    await renderPage(<Composer />)
    await screen.findByText('Sketchbook')
    patchDraft({ prompt: 'a {red|blue|green} fox' })
    expect(await screen.findByText('Stands for 3 prompts')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Make' }))
    expect(keysSent).toEqual([])
  })

  it('ask for values, say the price of all, and make each once', async () => {
    patchDraft({ prompt: 'a {red|blue|green} fox in ${place}' })
    await renderPage(<CombinationsSheet onClose={() => undefined} />)
    expect(screen.getByText('Give a value for place first.')).toBeVisible()
    await userEvent.type(screen.getByLabelText('place'), '!')
    expect(await screen.findByText('a red fox!')).toBeVisible()
    expect(screen.getByText('Stands for 3 prompts.')).toBeVisible()
    expect(await screen.findByText(/^3 × 3 pictures · 9 credits/)).toBeVisible()
    expect(await findings(screen.getByRole('list', { name: 'Prompts' }))).toEqual([])
    refuse = 2
    await userEvent.click(screen.getByRole('button', { name: 'Make 3 prompts' }))
    const said = within(await screen.findByRole('alert'))
    expect(said.getByText(/1 job queued, then: Wait a moment/)).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Go on with 2' }))
    await waitFor(() => expect(keysSent).toHaveLength(4))
    expect(keysSent[2]).toBe(keysSent[1])
    expect(new Set(keysSent).size).toBe(3)
    expect(await screen.findByText('3 jobs queued')).toBeVisible()
  })

  it('cost no more than one has', async () => {
    server.use(
      http.get(`${API}/me/credits`, () => HttpResponse.json(credits({ balance: 5, reserved: 0 }))),
    )
    patchDraft({ prompt: 'a {red|blue|green} fox' })
    await renderPage(<CombinationsSheet onClose={() => undefined} />)
    expect(await screen.findByText(/All of them cost 9 credits and you have 5/)).toBeVisible()
    expect(screen.getByRole('button', { name: 'Make 3 prompts' })).toBeDisabled()
  })
})
