import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { asset, job } from '../../tests/fixtures'
import { renderPage } from '../../tests/render'
import { announce } from './announce'

afterEach(() => history.replaceState(null, '', '/'))

it('tells of pictures that are ready, and leads to them', async () => {
  history.replaceState(null, '', '/library')
  await renderPage(null)
  const goTo = vi.fn()
  announce(job(1, { assets: [asset(0), asset(1)], original_prompt: 'an owl' }), goTo)
  expect(await screen.findByText('2 pictures ready: an owl')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Show' }))
  expect(goTo).toHaveBeenCalledWith('workspace', asset(0).id)
})

it('is silent where the pictures are seen anyway, and about what one cancelled', async () => {
  await renderPage(null)
  history.replaceState(null, '', '/workspace')
  announce(job(2, { assets: [asset(0)] }), vi.fn())
  history.replaceState(null, '', '/settings')
  const error = { code: 'cancelled', message: 'Cancelled.', retryable: true }
  announce(job(3, { status: 'failed', error }), vi.fn())
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(screen.queryByText(/ready|Could not/)).toBeNull()
})
