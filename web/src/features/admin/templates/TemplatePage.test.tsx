import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { page, template, version } from '../fixtures'
import TemplatePage from './TemplatePage'

const API = 'http://studio.test/api/prompts/templates'
const ONE = template(1, { template_name: 'Scene', use_case: 'roleplay' })
const path = '/admin/templates/$templateId'
const at = `/admin/templates/${ONE.id}`
let versions = [version(1, { in_use: true })]
let current = ONE
let sent: unknown[]

const conflict = (code: string, detail: string) =>
  HttpResponse.json({ error: code, detail }, { status: 409 })

beforeEach(() => {
  versions = [version(1, { in_use: true })]
  current = ONE
  sent = []
  sessionStorage.clear()
  server.use(
    http.get(`${API}/use-cases`, () =>
      HttpResponse.json(
        page([
          {
            name: 'roleplay',
            label: 'Roleplay',
            placeholders: ['mood', 'scene_context'],
            least_tokens: 50,
            most_tokens: 2048,
          },
        ]),
      ),
    ),
    http.post(`${API}/check`, async ({ request }) => {
      const { system_prompt: text } = (await request.json()) as { system_prompt: string }
      const wrong = text.includes('{{weather}}')
      return HttpResponse.json({
        tokens: 12,
        placeholders_used: [],
        placeholders_unused: [],
        remarks: wrong
          ? [
              {
                level: 'error',
                code: 'placeholder_unknown',
                message: 'Nothing fills in {{weather}} here.',
                field: 'system_prompt',
              },
            ]
          : [],
      })
    }),
    http.get(`${API}/:id/versions`, () => HttpResponse.json(page(versions))),
    http.get(`${API}/:id/diff`, () =>
      HttpResponse.json({
        old_version: 1,
        new_version: 2,
        lines: [
          {
            kind: 'removed',
            old: 1,
            new: null,
            pieces: [{ text: 'Make it rich.', changed: false }],
          },
          {
            kind: 'added',
            old: null,
            new: 1,
            pieces: [
              { text: 'Make it ', changed: false },
              { text: 'calm.', changed: true },
            ],
          },
        ],
        old_token_limit: 60,
        new_token_limit: 80,
      }),
    ),
    http.get(`${API}/:id`, () => HttpResponse.json(current)),
  )
})

const text = () => screen.findByLabelText('Text')

it('checks the text while one writes, and puts placeholders in by a press', async () => {
  await renderPage(<TemplatePage />, { at, path })
  const field = await text()
  expect(await screen.findByText('about 12 tokens, and up to 60 of answer')).toBeVisible()
  await userEvent.click(await screen.findByRole('button', { name: 'mood: insert' }))
  expect(field).toHaveValue('Make it rich.{{mood}}')
  expect(screen.getByRole('button', { name: /^mood: used/ })).toBeVisible()
  fireEvent.change(field, { target: { value: 'About {{weather}}' } })
  expect(await screen.findByText('Nothing fills in {{weather}} here.')).toBeVisible()
  expect(screen.getByText('weather: unknown')).toBeVisible()
  await userEvent.type(screen.getByLabelText('What changed'), 'weather')
  expect(screen.getByRole('button', { name: 'Save as draft' })).toBeDisabled()
  expect(await findings(document.body)).toEqual([])
})

it('saves a draft on the version that was seen, and offers to publish it', async () => {
  server.use(
    http.post(`${API}/:id/versions`, async ({ request }) => {
      sent.push(await request.json())
      current = { ...ONE, latest_version: 2 }
      versions = [version(2, { system_prompt: 'Make it calm.' }), ...versions]
      return HttpResponse.json(current, { status: 201 })
    }),
    http.post(`${API}/:id/versions/2/publish`, async ({ request }) => {
      const body = (await request.json()) as { replace: boolean }
      sent.push(body)
      if (!body.replace)
        return conflict('template_rival', '“Other” is in use for the same requests.')
      current = { ...ONE, latest_version: 2, version: 2 }
      return HttpResponse.json(current)
    }),
  )
  await renderPage(<TemplatePage />, { at, path })
  fireEvent.change(await text(), { target: { value: 'Make it calm.' } })
  await userEvent.type(screen.getByLabelText('What changed'), 'calmer')
  await userEvent.click(screen.getByRole('button', { name: 'Save as draft' }))
  await waitFor(() => expect(sent[0]).toMatchObject({ message: 'calmer', based_on: 1 }))
  await userEvent.click(await screen.findByRole('button', { name: 'Publish version 2' }))
  expect(await screen.findByText('“Other” is in use for the same requests.')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Publish in its place' }))
  await waitFor(() => expect(sent.at(-1)).toEqual({ replace: true }))
  await waitFor(() => expect(screen.queryByText(/is not in use/)).toBeNull())
})

it('says who saved meanwhile and what, and loses nothing', async () => {
  server.use(
    http.post(`${API}/:id/versions`, async ({ request }) => {
      const body = (await request.json()) as { based_on: number }
      sent.push(body)
      if (body.based_on === 2) return HttpResponse.json(current, { status: 201 })
      current = { ...ONE, latest_version: 2 }
      versions = [
        version(2, { system_prompt: 'Make it calm.', author: 'bo', message: 'calm' }),
        ...versions,
      ]
      return conflict('version_overtaken', 'Version 2 was saved meanwhile.')
    }),
  )
  await renderPage(<TemplatePage />, { at, path })
  const field = await text()
  fireEvent.change(field, { target: { value: 'Make it bright.' } })
  await userEvent.type(screen.getByLabelText('What changed'), 'bright')
  await userEvent.click(screen.getByRole('button', { name: 'Save as draft' }))
  const said = within(await screen.findByRole('alert', { name: 'Saved meanwhile' }))
  expect(said.getByText('bo saved version 2 meanwhile')).toBeVisible()
  expect(await said.findByText('calm.', { selector: 'mark' })).toBeVisible()
  expect(field).toHaveValue('Make it bright.')
  await userEvent.click(said.getByRole('button', { name: 'Save mine on top of it' }))
  await userEvent.click(screen.getByRole('button', { name: 'Save as draft' }))
  await waitFor(() => expect(sent.at(-1)).toMatchObject({ based_on: 2 }))
})

it('keeps what was written over a look elsewhere, until it is dropped', async () => {
  const first = await renderPage(<TemplatePage />, { at, path })
  fireEvent.change(await text(), { target: { value: 'Half a thought' } })
  first.unmount()
  await renderPage(<TemplatePage />, { at, path })
  expect(await text()).toHaveValue('Half a thought')
  await userEvent.click(screen.getByRole('button', { name: 'Drop my changes' }))
  expect(await text()).toHaveValue('Make it rich.')
})

it('shows the history, what changed, and brings an older text back', async () => {
  current = { ...ONE, version: 2, latest_version: 2, labels: [{ label: 'live', version: 2 }] }
  versions = [version(2, { in_use: true, labels: ['live'] }), version(1)]
  server.use(
    http.post(`${API}/:id/versions/1/publish`, async ({ request }) => {
      sent.push(await request.json())
      return HttpResponse.json({ ...current, version: 3 })
    }),
    http.put(`${API}/:id/labels/:label`, async ({ request, params }) => {
      sent.push([params.label, await request.json()])
      return HttpResponse.json(current)
    }),
  )
  await renderPage(<TemplatePage />, { at: `${at}?part=versions`, path })
  expect(await screen.findByText('calm.', { selector: 'mark' })).toBeVisible()
  expect(screen.getByText('Longest answer: 60 before, 80 now.')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Label version 1' }))
  await userEvent.type(await screen.findByRole('textbox', { name: 'Label' }), 'live')
  expect(screen.getByText('It moves here from version 2.')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Move it here' }))
  await waitFor(() => expect(sent).toEqual([['live', { version: 1 }]]))
  await userEvent.click(screen.getByRole('button', { name: 'Bring version 1 back' }))
  await userEvent.click(screen.getByRole('button', { name: 'Put the text of version 1 in use' }))
  await waitFor(() => expect(sent).toHaveLength(2))
  expect(await findings(document.body)).toEqual([])
})

it('tries one prompt with the text in use and the one in the editor', async () => {
  current = { ...ONE, use_case: 'enhancement' }
  server.use(
    http.post(`${API}/try`, async ({ request }) => {
      const body = (await request.json()) as { system_prompt: string; prompt: string }
      sent.push(body)
      return HttpResponse.json({
        enhanced_prompt: `${body.prompt}: ${body.system_prompt}`,
        tokens: 9,
        token_limit: 60,
        engine: null,
        notes: [],
      })
    }),
  )
  versions = [version(2, { system_prompt: 'Calm.' }), version(1, { in_use: true })]
  await renderPage(<TemplatePage />, { at: `${at}?part=try`, path })
  const field = await screen.findByLabelText('Prompt to try')
  await userEvent.clear(field)
  await userEvent.type(field, 'an owl')
  await userEvent.click(screen.getByRole('button', { name: 'Try' }))
  expect(await screen.findByText('an owl: Make it rich.')).toBeVisible()
  expect(screen.getByText('an owl: Calm.')).toBeVisible()
  expect(sent).toHaveLength(2)
  expect(await findings(document.body)).toEqual([])
})

it('answers a sample message with both texts of a conversation', async () => {
  server.use(
    http.post(`${API}/answer`, async ({ request }) => {
      const body = (await request.json()) as { system_prompt: string; use_case: string }
      sent.push(body)
      return HttpResponse.json({
        text: `By: ${body.system_prompt}`,
        system_prompt: body.system_prompt,
        engine: { id: 'chat', name: 'Chat', stand_in: true },
        ended: 'length',
        tokens: 12,
        time_ms: 1500,
      })
    }),
  )
  versions = [version(2, { system_prompt: 'Calm.' }), version(1, { in_use: true })]
  await renderPage(<TemplatePage />, { at: `${at}?part=try`, path })
  expect(await screen.findByLabelText('Message to try')).toHaveValue(
    'I knock at the door of the lighthouse.',
  )
  await userEvent.click(screen.getByRole('button', { name: 'Try' }))
  expect(await screen.findByText('By: Calm.')).toBeVisible()
  expect(screen.getByText('By: Make it rich.')).toBeVisible()
  expect(
    screen.getAllByText('12 tokens · by Chat · 1.5 s · It broke off at the longest answer.'),
  ).toHaveLength(2)
  expect(sent).toMatchObject([{ use_case: 'roleplay' }, { use_case: 'roleplay' }])
})
