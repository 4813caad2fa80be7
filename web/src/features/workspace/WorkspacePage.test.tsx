import { screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { findings } from '../../../tests/axe'
import { renderPage, testClient } from '../../../tests/render'
import { me } from '@/features/account/queries'
import { ADMIN } from '@/features/admin/fixtures'
import { WorkspacePage } from './WorkspacePage'

it('tells guests what they may do instead of asking them for a prompt', async () => {
  const client = testClient()
  client.setQueryData(me.queryKey, { ...ADMIN, roles: ['guest'], shared: true })
  await renderPage(<WorkspacePage />, { at: '/workspace', client })
  expect(await screen.findByRole('button', { name: 'Sign in with an account' })).toBeVisible()
  expect(screen.getByRole('link', { name: 'See what it makes them with' })).toHaveAttribute(
    'href',
    '/account/engines',
  )
  expect(screen.queryByRole('textbox')).toBeNull()
  expect(await findings(document.body)).toEqual([])
})
