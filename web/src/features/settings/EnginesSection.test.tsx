import { screen } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { jobType } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import EnginesSection from './EnginesSection'

const API = 'http://studio.test/api'
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
const open = () => renderPage(<EnginesSection />, { at: '/account/engines' })

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
