import { screen } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { findings } from '../../../tests/axe'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import AdminFrame from './AdminFrame'
import { ADMIN } from './fixtures'

const as = (roles: string[]) =>
  server.use(http.get('http://studio.test/api/me', () => HttpResponse.json({ ...ADMIN, roles })))

it('lists the pages for an admin', async () => {
  as(['admin'])
  await renderPage(<AdminFrame />, { at: '/admin' })
  const list = await screen.findByRole('navigation', { name: 'Admin' })
  expect([...list.querySelectorAll('a')].map((link) => link.textContent)).toEqual([
    'Studio',
    'Engines',
    'Models',
    'People',
    'Access',
    'Templates',
    'Negatives',
    'Presets',
    'Weights',
    'Ledger',
    'Activity',
  ])
  expect(screen.getByRole('link', { name: 'Studio' })).toHaveAttribute('data-status', 'active')
  expect(await findings(document.body)).toEqual([])
})

it.each([['moderator'], ['basic_user']])('is closed to a %s, with a way back', async (role) => {
  as([role])
  await renderPage(<AdminFrame />, { at: '/admin' })
  expect(await screen.findByText('This page is for admins')).toBeVisible()
  expect(screen.getByRole('link', { name: 'Go to the workspace' })).toHaveAttribute(
    'href',
    '/workspace',
  )
  expect(screen.queryByRole('navigation', { name: 'Admin' })).toBeNull()
})
