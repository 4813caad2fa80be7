import { screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import type { CellOut } from '@/api'
import CoveragePage from './CoveragePage'
import { gridOf } from './coverage'
import SimulatorPage from './SimulatorPage'

const API = 'http://studio.test/api/prompts/templates'
const cell = (change: Partial<CellOut> = {}): CellOut => ({
  use_case: 'enhancement',
  target_model: 'sdxl',
  job_type: 'image',
  enhancer_model: 'qwen_instruct',
  content_mode: 'sfw',
  step: 'exact',
  template: { id: 'a', name: 'Rich', version: 2 },
  ...change,
})
const CELLS = [
  cell(),
  cell({ enhancer_model: 'qwen_base', step: 'swap_enhancer' }),
  cell({ use_case: 'chat_admin', target_model: null, job_type: 'chat', content_mode: 'admin' }),
]

it('makes a grid with a hole where nothing asks', () => {
  const { columns, rows } = gridOf(CELLS)
  expect(columns.map((column) => column.name)).toEqual([
    'qwen_instruct sfw',
    'qwen_base sfw',
    'qwen_instruct admin',
  ])
  expect(rows.map((row) => row.cells.map((each) => each?.step))).toEqual([
    ['exact', 'swap_enhancer', undefined],
    [undefined, undefined, 'exact'],
  ])
})

it('leads from a kind of request to its template, or to a new one', async () => {
  server.use(
    http.get(`${API}/coverage`, () => HttpResponse.json({ cells: CELLS, exact: 2, built_in: 0 })),
  )
  await renderPage(<CoveragePage />, { at: '/admin/templates/coverage' })
  const [own] = await screen.findAllByRole('link', { name: /its own Rich/ })
  expect(own).toHaveAttribute('href', '/admin/templates/a')
  const other = new URL(
    screen.getByRole('link', { name: /other enhancer/ }).getAttribute('href')!,
    'http://x',
  )
  expect(Object.fromEntries(other.searchParams)).toEqual({
    use: 'enhancement',
    target: 'sdxl',
    made: 'image',
    enhancer: 'qwen_base',
    mode: 'sfw',
    open: 'new',
  })
  expect(await findings(document.body)).toEqual([])
})

it('says which template a request gets, and why', async () => {
  const asked: string[] = []
  server.use(
    http.get(`${API}/simulate`, ({ request }) => {
      asked.push(new URL(request.url).search)
      return HttpResponse.json({
        template: { id: 'a', name: 'Rich', version: 2 },
        fallback_level: 'swap_enhancer',
        system_prompt: 'Make it rich.',
        token_limit: 60,
        trace: {
          key: [],
          steps: [
            { step: 'exact', hit: false, template: null, version: null },
            { step: 'swap_enhancer', hit: true, template: 'a', version: 2 },
          ],
          source: 'cache',
          cache_age_s: 3,
        },
        sentences: ['There is no template for exactly this.', '“Rich”, version 2, is for another.'],
      })
    }),
  )
  const { router } = await renderPage(<SimulatorPage />, { at: '/admin/templates/simulator' })
  expect(await screen.findByText('There is no template for exactly this.')).toBeVisible()
  expect(screen.getByRole('link', { name: 'Open it' })).toHaveAttribute(
    'href',
    '/admin/templates/a',
  )
  expect(screen.getByRole('link', { name: 'Write one for this' })).toBeVisible()
  await userEvent.selectOptions(screen.getByLabelText('Mode'), 'Adult')
  await waitFor(() => expect(asked.at(-1)).toContain('content_mode=nsfw'))
  expect(router.state.location.search).toMatchObject({ use: 'enhancement', mode: 'nsfw' })
  expect(await findings(document.body)).toEqual([])
})
