import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { jobType } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import SettingsPage from './SettingsPage'

const API = 'http://studio.test/api'
const ME = { id: 'u', username: 'ada', display_name: 'Ada', roles: ['admin'], has_password: true }
const ENGINE = {
  id: 'sketchbook',
  name: 'Sketchbook',
  modality: 'image',
  version: '1.0',
  summary: 'A mini model for trying the studio.',
  model: 'Sketchbook flow model',
  licence: 'Apache-2.0',
  stand_in: true,
  available: true,
  reason: '',
  remedy: '',
}
const SDXL = {
  ...ENGINE,
  id: 'diffusers-sdxl',
  name: 'SDXL by diffusers',
  stand_in: false,
  available: false,
  reason: 'Not installed: torch.',
  remedy: "Run `pip install 'fabula[diffusers]'`.",
}

beforeEach(() => {
  server.use(
    http.get(`${API}/me`, () => HttpResponse.json(ME)),
    http.get(`${API}/me/api-keys`, () => HttpResponse.json({ items: [], next_cursor: null })),
    http.get(`${API}/me/identities`, () => HttpResponse.json({ items: [], next_cursor: null })),
    http.get(`${API}/auth/methods`, () =>
      HttpResponse.json({ password: true, guests: false, providers: [] }),
    ),
    http.get(`${API}/engines`, () =>
      HttpResponse.json({ items: [SDXL, ENGINE], next_cursor: null }),
    ),
    http.get(`${API}/job-types`, () =>
      HttpResponse.json({
        items: [
          jobType(),
          jobType({
            job_type: 'video_fast',
            available: false,
            reason: 'No engine makes video_fast.',
            remedy: 'Wait.',
          }),
          jobType({
            job_type: 'video_high',
            available: false,
            reason: 'No engine makes video_high.',
            remedy: 'Wait.',
          }),
        ],
        next_cursor: null,
      }),
    ),
  )
})
const open = () => renderPage(<SettingsPage />, { at: '/settings' })

describe('password', () => {
  it('is changed with the current one', async () => {
    let sent: unknown
    server.use(
      http.put(`${API}/me/password`, async ({ request }) => {
        sent = await request.json()
        return new HttpResponse(null, { status: 204 })
      }),
    )
    await open()
    const form = within(await screen.findByRole('form', { name: 'Password' }))
    const button = form.getByRole<HTMLButtonElement>('button', { name: 'Change the password' })
    await userEvent.type(form.getByLabelText('Current password'), 'lamps and ink')
    await userEvent.type(form.getByLabelText('New password'), 'short')
    expect(form.getByText('5 more to go')).toBeTruthy()
    expect(button.disabled).toBe(true)
    await userEvent.type(form.getByLabelText('New password'), ' but longer')
    await userEvent.click(button)
    expect(await screen.findByText(/Password changed/)).toBeTruthy()
    expect(sent).toEqual({ current_password: 'lamps and ink', new_password: 'short but longer' })
  })

  it('shows at the field that the current one is wrong', async () => {
    server.use(
      http.put(`${API}/me/password`, () =>
        HttpResponse.json(
          {
            error: 'invalid',
            detail: 'The current password is not right.',
            field: 'current_password',
          },
          { status: 422 },
        ),
      ),
    )
    await open()
    const form = within(await screen.findByRole('form', { name: 'Password' }))
    await userEvent.type(form.getByLabelText('Current password'), 'wrong')
    await userEvent.type(form.getByLabelText('New password'), 'long enough now')
    await userEvent.click(form.getByRole('button', { name: 'Change the password' }))
    expect(await form.findByText('The current password is not right.')).toBeTruthy()
  })
})

describe('API keys', () => {
  it('are shown once when made, and revoked only when asked twice', async () => {
    const made = { id: 'k1', name: 'script', prefix: 'fab_abc', created_at: '2026-11-20T10:00:00Z' }
    let items: object[] = []
    let revoked = 0
    server.use(
      http.get(`${API}/me/api-keys`, () => HttpResponse.json({ items, next_cursor: null })),
      http.post(`${API}/me/api-keys`, () => {
        items = [{ ...made, last_used_at: null }]
        return HttpResponse.json({ ...made, key: 'fab_abc_secret' }, { status: 201 })
      }),
      http.delete(`${API}/me/api-keys/k1`, () => {
        revoked += 1
        items = []
        return new HttpResponse(null, { status: 204 })
      }),
    )
    await open()
    await userEvent.type(await screen.findByLabelText('Name of the new key'), 'script')
    await userEvent.click(screen.getByRole('button', { name: 'Make a key' }))
    expect(await screen.findByText('fab_abc_secret')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Hide the key' }))
    expect(screen.queryByText('fab_abc_secret')).toBeNull()
    await userEvent.click(await screen.findByRole('button', { name: 'Revoke script' }))
    expect(revoked).toBe(0)
    await userEvent.click(screen.getByRole('button', { name: 'Revoke it' }))
    await waitFor(() => expect(screen.getByText('No keys yet.')).toBeTruthy())
    expect(revoked).toBe(1)
  })
})

describe('engines', () => {
  it('say what they are, and what is missing with the command for it', async () => {
    await open()
    const names = (await screen.findAllByRole('heading', { level: 4 })).map(
      (each) => each.textContent,
    )
    expect(names).toEqual(['Sketchbook', 'SDXL by diffusers'])
    expect(screen.getByText('stand-in')).toBeTruthy()
    expect(screen.getByText("pip install 'fabula[diffusers]'").tagName).toBe('CODE')
    expect(screen.getByText('video_fast').parentElement?.parentElement?.textContent).toBe(
      'Not possible yet: video_fast, video_high',
    )
  })

  it('can be read again after a failure', async () => {
    server.use(
      http.get(
        `${API}/engines`,
        () => HttpResponse.json({ error: 'x', detail: 'Busy.' }, { status: 503 }),
        {
          once: true,
        },
      ),
    )
    await open()
    expect(await screen.findByText(/Busy\./)).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('Sketchbook', { selector: 'h4' })).toBeTruthy()
  })
})
