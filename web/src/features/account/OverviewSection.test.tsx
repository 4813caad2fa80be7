import { screen } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { findings } from '../../../tests/axe'
import { account, credits } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import OverviewSection from './OverviewSection'
import { sectionAt, SECTIONS } from './sections'

const API = 'http://studio.test/api'

function open(change = {}) {
  server.use(
    http.get(`${API}/me`, () => HttpResponse.json(account({ roles: ['moderator'] }))),
    http.get(`${API}/me/credits`, () => HttpResponse.json(credits(change))),
  )
  return renderPage(<OverviewSection />, { at: '/account' })
}

it('says who one is, and how much of each limit is used', async () => {
  const { container } = await open()
  expect(await screen.findByText('Here since 4 October 2026')).toBeVisible()
  expect(screen.getByText(/Reviews what others make/)).toBeVisible()
  expect(await screen.findByText('Standard')).toBeVisible()
  const meters = await screen.findAllByRole('meter')
  expect(meters.map((each) => each.getAttribute('aria-valuetext'))).toEqual([
    '5 of 20',
    '2 of 2',
    '1.2 GB of 5.0 GB',
  ])
  expect(screen.getByText('· no limit')).toBeVisible()
  expect(screen.getByText('96')).toBeVisible()
  expect(await findings(container)).toEqual([])
})

it('does not speak of credits where nothing is charged', async () => {
  await open({ enabled: false })
  await screen.findAllByRole('meter')
  expect(screen.queryByRole('heading', { name: 'Credits' })).toBeNull()
})

it('has a section for every address of the table', () => {
  for (const section of SECTIONS) expect(sectionAt(`${section.to}/`)).toBe(section)
  expect(sectionAt('/account/elsewhere')).toBeNull()
})
