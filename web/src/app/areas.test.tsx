import { screen, waitFor } from '@testing-library/react'
import { expect, it } from 'vitest'
import { ADMIN } from '@/features/admin/fixtures'
import { me } from '@/features/account/queries'
import { renderPage, testClient } from '../../tests/render'
import { useAreas } from './areas'

function Areas() {
  return useAreas().map((area) => <p key={area.id}>{area.label}</p>)
}

/** The account is in the cache before the frame is drawn. */
async function areasOf(roles: string[]) {
  const client = testClient()
  client.setQueryData(me.queryKey, { ...ADMIN, roles })
  const { container } = await renderPage(<Areas />, { client })
  await waitFor(() => expect(screen.getByText('Workspace')).toBeVisible())
  return [...container.querySelectorAll('p')].map((each) => each.textContent)
}

it('has the admin area for admins from the first moment', async () => {
  expect(await areasOf(['basic_user', 'admin'])).toEqual(['Workspace', 'Library', 'Admin'])
})

it('has none for others', async () => {
  expect(await areasOf(['moderator'])).toEqual(['Workspace', 'Library'])
})
