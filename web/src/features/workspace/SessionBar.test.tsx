import { screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { findings } from '../../../tests/axe'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import { SessionBar } from './SessionBar'

const SESSIONS = 'http://studio.test/api/workspace/sessions'
const BEGAN = '2026-03-01T10:00:00Z'
const NOW = { id: 'a', name: 'Workspace Session', created_at: BEGAN }
const STORM = { id: 'b', name: 'Storm', created_at: BEGAN, is_active: false, asset_count: 2 }
let sent: unknown[]

beforeEach(() => {
  sent = []
  const items = [{ ...NOW, is_active: true, asset_count: 0 }, STORM]
  server.use(
    http.get(SESSIONS, () => HttpResponse.json({ items, next_cursor: null })),
    http.patch(`${SESSIONS}/:id`, async ({ request, params }) => {
      sent.push([params.id, await request.json()])
      return HttpResponse.json(STORM)
    }),
    http.post(SESSIONS, async ({ request }) => {
      sent.push(await request.json())
      return HttpResponse.json(STORM, { status: 201 })
    }),
  )
})

const open = () => userEvent.click(screen.getByRole('button', { name: 'Session of 1 March' }))

it('goes back to another session', async () => {
  await renderPage(<SessionBar session={NOW} all={false} />, { at: '/workspace' })
  await open()
  await userEvent.click(await screen.findByRole('menuitem', { name: /Storm 2 outputs/ }))
  await waitFor(() => expect(sent).toEqual([['b', { active: true }]]))
})

it('begins one with a name', async () => {
  await renderPage(<SessionBar session={NOW} all={false} />, { at: '/workspace' })
  await open()
  await userEvent.click(await screen.findByRole('menuitem', { name: 'New session' }))
  await userEvent.type(await screen.findByLabelText('Name'), ' Calm ')
  expect(await findings(document.body)).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: 'Begin' }))
  await waitFor(() => expect(sent).toEqual([{ name: 'Calm' }]))
})

it('shows what all sessions made, by the address', async () => {
  const { router } = await renderPage(<SessionBar session={NOW} all={false} />, {
    at: '/workspace',
  })
  await userEvent.click(await screen.findByRole('link', { name: 'All' }))
  await waitFor(() => expect(router.state.location.search).toEqual({ session: 'all' }))
})
