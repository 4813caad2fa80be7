import { screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'
import { keys } from '@/api/keys'
import { findings } from '../../../../tests/axe'
import { account } from '../../../../tests/fixtures'
import { renderPage, testClient } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import DataSection from './DataSection'

const API = 'http://studio.test/api'

function open(change = {}) {
  const client = testClient()
  client.setQueryData(keys.me, account(change))
  server.use(http.get(`${API}/me`, () => HttpResponse.json(account(change))))
  return renderPage(<DataSection />, { at: '/account/data', client })
}

it('offers everything as a file', async () => {
  const { container } = await open()
  const link = screen.getByRole('link', { name: 'Download the ZIP' })
  expect(link).toHaveAttribute('href', '/api/me/export')
  expect(link).toHaveAttribute('download')
  expect(await findings(container)).toEqual([])
})

it('deletes the account once its name, password and code are there', async () => {
  const sent: unknown[] = []
  server.use(
    http.post(`${API}/me/delete`, async ({ request }) => {
      sent.push(await request.json())
      return sent.length === 1
        ? HttpResponse.json(
            { error: 'invalid', detail: 'The password is not right.', field: 'password' },
            { status: 422 },
          )
        : new HttpResponse(null, { status: 204 })
    }),
  )
  const { router, client } = await open({ two_factor: true })
  await userEvent.click(screen.getByRole('button', { name: 'Delete my account' }))
  const form = within(screen.getByRole('form', { name: 'Delete the account' }))
  const button = form.getByRole('button', { name: 'Delete it for good' })
  await userEvent.type(form.getByLabelText('Password'), 'lamps')
  await userEvent.type(form.getByLabelText('Code'), '123456')
  await userEvent.type(form.getByLabelText(/Type ada/), 'adam')
  expect(button).toBeDisabled()
  await userEvent.type(form.getByLabelText(/Type ada/), '{Backspace}')
  await userEvent.click(button)
  expect(await form.findByText('The password is not right.')).toBeVisible()
  await userEvent.type(form.getByLabelText('Password'), ' and ink')
  await userEvent.click(button)
  await waitFor(() => expect(router.state.location.pathname).toBe('/goodbye'))
  expect(sent.at(-1)).toEqual({ username: 'ada', password: 'lamps and ink', code: '123456' })
  await waitFor(() => expect(client.getQueryData(keys.me)).toBeUndefined())
})

it('asks for nothing that the account does not have', async () => {
  await open({ has_password: false })
  await userEvent.click(screen.getByRole('button', { name: 'Delete my account' }))
  expect(screen.queryByLabelText('Password')).toBeNull()
  expect(screen.queryByLabelText('Code')).toBeNull()
})
