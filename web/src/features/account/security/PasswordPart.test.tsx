import { screen, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { account } from '../../../../tests/fixtures'
import { renderPage } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { PasswordPart } from './PasswordPart'

const API = 'http://studio.test/api'
const open = () => renderPage(<PasswordPart account={account()} />, { at: '/account/sign-in' })

describe('password', () => {
  it('is changed with the current one', async () => {
    let sent: unknown
    server.use(
      http.put(`${API}/me/password`, async ({ request }) => {
        sent = await request.json()
        return new HttpResponse(null, { status: 204 })
      }),
    )
    await open()
    const form = within(await screen.findByRole('form', { name: 'Password' }))
    const button = form.getByRole<HTMLButtonElement>('button', { name: 'Change the password' })
    await userEvent.type(form.getByLabelText('Current password'), 'lamps and ink')
    await userEvent.type(form.getByLabelText('New password'), 'short')
    expect(form.getByText('5 more to go')).toBeTruthy()
    expect(button.disabled).toBe(true)
    await userEvent.type(form.getByLabelText('New password'), ' but longer')
    await userEvent.click(button)
    expect(await screen.findByText(/Password changed/)).toBeTruthy()
    expect(sent).toEqual({ current_password: 'lamps and ink', new_password: 'short but longer' })
  })

  it('shows at the field that the current one is wrong', async () => {
    server.use(
      http.put(`${API}/me/password`, () =>
        HttpResponse.json(
          {
            error: 'invalid',
            detail: 'The current password is not right.',
            field: 'current_password',
          },
          { status: 422 },
        ),
      ),
    )
    await open()
    const form = within(await screen.findByRole('form', { name: 'Password' }))
    await userEvent.type(form.getByLabelText('Current password'), 'wrong')
    await userEvent.type(form.getByLabelText('New password'), 'long enough now')
    await userEvent.click(form.getByRole('button', { name: 'Change the password' }))
    expect(await form.findByText('The current password is not right.')).toBeTruthy()
  })
})
