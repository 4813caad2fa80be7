import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { page, template } from '../fixtures'
import TemplatesPage from './TemplatesPage'

const API = 'http://studio.test/api/prompts/templates'
const RICH = template(1, { template_name: 'Rich light', latest_version: 3, version: 2 })
const OLD = template(2, { template_name: 'Old', is_active: false, target_model: null })
let asked: string[]

beforeEach(() => {
  asked = []
  server.use(
    http.get(API, ({ request }) => {
      const { searchParams } = new URL(request.url)
      asked.push(searchParams.toString())
      const words = searchParams.get('search') ?? ''
      return HttpResponse.json(
        page([RICH, OLD].filter((each) => each.template_name.includes(words))),
      )
    }),
  )
})

it('shows all templates, each with what it is for and whether it is used', async () => {
  await renderPage(<TemplatesPage />, { at: '/admin/templates' })
  const link = await screen.findByRole('link', { name: 'Rich light' })
  expect(link).toHaveAttribute('href', `/admin/templates/${RICH.id}`)
  const row = within(link.closest('tr')!)
  expect(row.getByText('Rewriting a prompt')).toBeVisible()
  expect(row.getByText('SDXL pictures')).toBeVisible()
  expect(row.getByText('in use, draft waits')).toBeVisible()
  expect(screen.getByText('not in use')).toBeVisible()
  expect(await findings(document.body)).toEqual([])
})

it('takes its filters from the address, and keeps them there', async () => {
  const { router } = await renderPage(<TemplatesPage />, {
    at: '/admin/templates?use=enhancement&mode=sfw&state=draft',
  })
  await screen.findByRole('link', { name: 'Rich light' })
  expect(asked).toEqual(['use_case=enhancement&content_mode=sfw&drafts=true'])
  await userEvent.selectOptions(screen.getByLabelText('State'), 'Not in use')
  await waitFor(() => expect(asked.at(-1)).toContain('active=false'))
  expect(router.state.location.search).toMatchObject({ use: 'enhancement', state: 'off' })
})

it('says so when nothing is found, and shows all again', async () => {
  await renderPage(<TemplatesPage />, { at: '/admin/templates?q=zzz' })
  await userEvent.click(await screen.findByRole('button', { name: 'Show all templates' }))
  expect(await screen.findByRole('link', { name: 'Old' })).toBeVisible()
})

it('makes a template for what the address asks, as a draft, and opens it', async () => {
  let sent: unknown
  server.use(
    http.post(API, async ({ request }) => {
      sent = await request.json()
      return HttpResponse.json(template(9), { status: 201 })
    }),
  )
  const { router } = await renderPage(<TemplatesPage />, {
    at: '/admin/templates?use=roleplay&made=chat&open=new',
  })
  const form = within(await screen.findByRole('form', { name: 'New template' }))
  await userEvent.type(form.getByLabelText('Name'), 'Play')
  expect(form.getByRole('button', { name: 'Make the draft' })).toBeDisabled()
  await userEvent.type(form.getByLabelText('Text'), 'Play along.')
  await userEvent.click(form.getByRole('button', { name: 'Make the draft' }))
  await waitFor(() =>
    expect(router.state.location.pathname).toBe(`/admin/templates/${template(9).id}`),
  )
  expect(sent).toEqual({
    template_name: 'Play',
    use_case: 'roleplay',
    target_model: null,
    job_type: 'chat',
    enhancer_model: 'qwen_instruct',
    content_mode: 'sfw',
    system_prompt: 'Play along.',
  })
})

it('shows what a file would do before it is imported', async () => {
  const sent: { dry_run?: boolean }[] = []
  server.use(
    http.post(`${API}/import`, async ({ request }) => {
      const body = (await request.json()) as { text: string; dry_run?: boolean }
      sent.push(body)
      return HttpResponse.json({
        dry_run: body.dry_run === true,
        items: [
          { template_name: 'One', done: 'new' },
          { template_name: 'Two', done: 'same' },
        ],
      })
    }),
  )
  await renderPage(<TemplatesPage />, { at: '/admin/templates?open=import' })
  const field = await screen.findByLabelText('File of templates')
  await userEvent.upload(field, new File(['[]'], 'a.json', { type: 'application/json' }))
  expect(await screen.findByText(/Nothing has happened yet/)).toBeVisible()
  expect(screen.getByText('becomes a new draft', { exact: false })).toBeVisible()
  expect(sent).toEqual([{ text: '[]', dry_run: true }])
  await userEvent.click(screen.getByRole('button', { name: 'Import 1 template' }))
  await waitFor(() => expect(sent).toHaveLength(2))
  expect(sent[1]?.dry_run).toBeUndefined()
})
