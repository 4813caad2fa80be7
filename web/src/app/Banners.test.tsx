import { screen } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { renderPage } from '../../tests/render'
import { server } from '../../tests/server'
import { CacheAlarm } from './Banners'

const ALARM = 'http://studio.test/api/prompts/cache/alarm'

it('tells admins that jobs cannot use the prompt cache, and leads there', async () => {
  const message = 'The prompt cache does not match its hash: refresh it.'
  server.use(http.get(ALARM, () => HttpResponse.json({ alarm: { code: 'broken', message } })))
  await renderPage(<CacheAlarm />, { at: '/library' })
  expect(await screen.findByRole('alert')).toHaveTextContent(message)
  expect(screen.getByRole('link', { name: 'Look at it' })).toHaveAttribute(
    'href',
    '/admin#prompt-cache',
  )
})

it('is silent while nothing is wrong', async () => {
  let asked = 0
  server.use(
    http.get(ALARM, () => {
      asked += 1
      return HttpResponse.json({ alarm: null })
    }),
  )
  await renderPage(<CacheAlarm />, { at: '/library' })
  await expect.poll(() => asked).toBe(1)
  expect(screen.queryByRole('alert')).toBeNull()
})
