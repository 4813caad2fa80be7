import { fireEvent, screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { findings } from '../../../tests/axe'
import { credits, jobType } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import { preset } from '@/features/admin/fixtures'
import { Composer } from './Composer'
import { getDraft, patchDraft, resetDraft } from './draft'
import { PresetField } from './PresetField'

const API = 'http://studio.test/api'
let asked: { text: string; dialect?: string; weights?: Record<string, number> }[]

beforeEach(() => {
  resetDraft()
  asked = []
  server.use(
    http.get(`${API}/job-types`, () =>
      HttpResponse.json({ items: [jobType()], next_cursor: null }),
    ),
    http.get(`${API}/me/credits`, () => HttpResponse.json(credits({ enabled: false }))),
    http.post(`${API}/prompts/translate`, async ({ request }) => {
      const body = (await request.json()) as (typeof asked)[number]
      asked.push(body)
      const [[term, weight] = ['', 1]] = Object.entries(body.weights ?? {})
      return HttpResponse.json({
        clauses: [[{ text: body.text, weight: 1 }]],
        a1111: term ? body.text.replace(term, `(${term}:${weight})`) : 'a (fox:1.3)',
        compel: '',
        plain: body.text,
        weights: {},
        losses: { a1111: ['Blends have no word in A1111.'], compel: [] },
        weighted: false,
        tokens: 5,
      })
    }),
  )
})

it('weighs words that are chosen, shows what that reads like, and writes it', async () => {
  patchDraft({ prompt: 'a red fox at dawn' })
  await renderPage(<Composer />)
  await userEvent.click(screen.getByRole('button', { name: 'Weights' }))
  await userEvent.click(await screen.findByRole('button', { name: 'red' }))
  await userEvent.click(screen.getByRole('button', { name: 'fox' }))
  expect(await screen.findByText('a (red fox:1.3) at dawn')).toBeVisible()
  fireEvent.change(screen.getByLabelText('Weight of “red fox”'), { target: { value: '0.6' } })
  expect(await screen.findByText('a (red fox:0.6) at dawn')).toBeVisible()
  expect(await findings(screen.getByRole('region', { name: 'Weights' }))).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: 'Write it' }))
  expect(getDraft().prompt).toBe('a (red fox:0.6) at dawn')
})

it('offers to translate what was pasted in the syntax of compel', async () => {
  await renderPage(<Composer />)
  await userEvent.click(screen.getByRole('textbox', { name: 'Prompt' }))
  await userEvent.paste('a fox++')
  await userEvent.click(await screen.findByRole('button', { name: 'Translate it' }))
  await waitFor(() => expect(getDraft().prompt).toBe('a (fox:1.3)'))
  expect(asked.at(-1)).toEqual({ text: 'a fox++', dialect: 'compel' })
  expect(screen.getByText('Translated, but for this: Blends have no word in A1111.')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
  expect(getDraft().prompt).toBe('a fox++')
})

it('says in a line what a preset does', async () => {
  server.use(
    http.get(`${API}/prompts/presets`, () =>
      HttpResponse.json({
        items: [preset(1, { preset_name: 'Rich', is_recommended: true })],
        next_cursor: null,
      }),
    ),
  )
  await renderPage(<PresetField preset={preset(1).id} />)
  expect(await screen.findByText('Rewrites the prompt when asked.')).toBeVisible()
  await userEvent.selectOptions(screen.getByLabelText('Preset'), 'None')
  expect(getDraft().preset).toBe('')
})
