import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { findings } from '../../../../tests/axe'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { page, preset, weightSet } from '../fixtures'
import WeightsPage from '../weights/WeightsPage'
import PresetsPage from './PresetsPage'

const API = 'http://studio.test/api/prompts'

it('shows what each preset does and how it is rated, and makes one with weights', async () => {
  let sent: unknown
  server.use(
    http.get(`${API}/presets`, () =>
      HttpResponse.json(
        page([
          preset(1, {
            preset_name: 'Portrait',
            is_recommended: true,
            auto_enhancement: true,
            enable_compel: true,
            compel_weights: { face: 1.3 },
            usage_count: 4,
            avg_quality: 8.25,
          }),
        ]),
      ),
    ),
    http.post(`${API}/presets`, async ({ request }) => {
      sent = await request.json()
      return HttpResponse.json(
        { error: 'preset_name_taken', detail: 'There is already a preset of this name.' },
        { status: 409 },
      )
    }),
  )
  await renderPage(<PresetsPage />, { at: '/admin/presets' })
  expect(
    await screen.findByText('Rewrites the prompt without being asked, weighs face ×1.3.'),
  ).toBeVisible()
  expect(screen.getByText('Used 4 times, rated 8.3 of 10')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'New preset' }))
  const form = within(await screen.findByRole('form', { name: 'Preset' }))
  await userEvent.type(form.getByLabelText('Name'), 'Mist')
  await userEvent.click(form.getByLabelText('Weigh terms of it'))
  await userEvent.click(form.getByRole('button', { name: 'Add a term' }))
  await userEvent.type(form.getByLabelText('Term 1'), 'mist')
  expect(await findings(screen.getByRole('form'))).toEqual([])
  await userEvent.click(form.getByRole('button', { name: 'Make the preset' }))
  expect(await form.findByText('There is already a preset of this name.')).toBeVisible()
  expect(sent).toMatchObject({
    preset_name: 'Mist',
    preset_description: null,
    enable_compel: true,
    compel_weights: { mist: 1.2 },
    qwen_settings: null,
  })
})

it('shows weight sets, offers one to people, and tells of a twin', async () => {
  const sent: unknown[] = []
  server.use(
    http.get(`${API}/weights`, () =>
      HttpResponse.json(
        page([
          weightSet(1, {
            config_name: 'Golden',
            weights: { 'golden light': 1.3 },
            avg_quality: 8,
            total_tests: 14,
          }),
        ]),
      ),
    ),
    http.patch(`${API}/weights/:id`, async ({ request }) => {
      sent.push(await request.json())
      return HttpResponse.json(weightSet(1))
    }),
    http.post(`${API}/weights`, () =>
      HttpResponse.json(
        { error: 'weights_known', detail: '“Golden” has the same weights.' },
        { status: 409 },
      ),
    ),
  )
  await renderPage(<WeightsPage />, { at: '/admin/weights' })
  expect(await screen.findByText('golden light ×1.3')).toBeVisible()
  expect(screen.getByText('Rated 8.0 of 10 in 14 ratings')).toBeVisible()
  await userEvent.click(screen.getByRole('switch', { name: 'Offer Golden to people' }))
  await waitFor(() => expect(sent).toEqual([{ is_active: true }]))
  await userEvent.click(screen.getByRole('button', { name: 'New set' }))
  const form = within(await screen.findByRole('form', { name: 'Weight set' }))
  await userEvent.type(form.getByLabelText('Name'), 'Again')
  await userEvent.type(form.getByLabelText('Term 1'), 'golden light')
  await userEvent.click(form.getByRole('button', { name: 'Save the set' }))
  expect(await form.findByText('“Golden” has the same weights.')).toBeVisible()
  expect(await findings(screen.getByRole('form'))).toEqual([])
})
