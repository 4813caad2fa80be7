import { screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { job } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import { JobRating } from './JobRating'

const JOB = 'http://studio.test/api/jobs/j1'
let sent: unknown[] = []

beforeEach(() => {
  sent = []
  server.use(
    http.put(`${JOB}/rating`, async ({ request }) => {
      const body = (await request.json()) as { quality: number | null }
      sent.push(body)
      return HttpResponse.json(job(1, { status: 'completed', quality_rating: body.quality }))
    }),
  )
})

const shown = async (status: 'completed' | 'queued', quality: number | null = null) => {
  server.use(http.get(JOB, () => HttpResponse.json(job(1, { status, quality_rating: quality }))))
  await renderPage(<JobRating jobId="j1" />)
}

describe('rating a job', () => {
  it('goes in half stars from 0 to 10', async () => {
    await shown('completed')
    const seven = await screen.findByRole('radio', { name: '7 of 10' })
    seven.focus()
    await userEvent.keyboard(' ')
    await waitFor(() => expect(sent).toEqual([{ quality: 7 }]))
    expect(await screen.findByRole('button', { name: 'Take back' })).toBeVisible()
  })

  it('can be taken back', async () => {
    await shown('completed', 4)
    expect(await screen.findByRole('radio', { name: '4 of 10' })).toBeChecked()
    await userEvent.click(screen.getByRole('button', { name: 'Take back' }))
    await waitFor(() => expect(sent).toEqual([{ quality: null }]))
    await waitFor(() =>
      expect(screen.queryByRole('button', { name: 'Take back' })).not.toBeInTheDocument(),
    )
  })

  it('waits until the job is finished', async () => {
    await shown('queued')
    await waitFor(() => expect(screen.queryByText('Your rating')).not.toBeInTheDocument())
  })
})
