import { screen, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'
import { keys } from '@/api/keys'
import { findings } from '../../../../tests/axe'
import { account } from '../../../../tests/fixtures'
import { renderPage, testClient } from '../../../../tests/render'
import { server } from '../../../../tests/server'
import { TwoFactorPart } from './TwoFactorPart'

const API = 'http://studio.test/api'
const CODES = ['AAAA-BBBB-CCCC-DDDD', 'EEEE-FFFF-GGGG-HHHH']
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

function open(on: boolean) {
  const client = testClient()
  client.setQueryData(keys.me, account({ two_factor: on }))
  server.use(
    http.get(`${API}/me`, () => HttpResponse.json(account({ two_factor: on }))),
    http.get(`${API}/me/two-factor`, () => HttpResponse.json({ on, recovery_codes_left: 2 })),
  )
  return renderPage(<TwoFactorPart on={on} />, { at: '/account/sign-in', client })
}

describe('a second factor', () => {
  it('is set up by picture or by hand, and its recovery codes stay until they are kept', async () => {
    const given: unknown[] = []
    server.use(
      http.post(`${API}/me/two-factor`, () =>
        HttpResponse.json(
          { secret: SECRET, uri: `otpauth://totp/Fabula:ada?secret=${SECRET}&issuer=Fabula` },
          { status: 201 },
        ),
      ),
      http.post(`${API}/me/two-factor/confirm`, async ({ request }) => {
        given.push(await request.json())
        return given.length === 1
          ? HttpResponse.json(
              { error: 'invalid', detail: 'That code is not right.', field: 'code' },
              { status: 422 },
            )
          : HttpResponse.json({ codes: CODES })
      }),
    )
    const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
    URL.createObjectURL = () => 'blob:codes'
    URL.revokeObjectURL = () => undefined
    const { container } = await open(false)
    await userEvent.click(await screen.findByRole('button', { name: 'Set it up' }))
    expect(await screen.findByRole('img', { name: /QR code/ })).toBeVisible()
    expect(screen.getByText('JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP')).toBeVisible()
    expect(await findings(container)).toEqual([])
    const field = screen.getByLabelText('Code')
    await userEvent.type(field, '123{Enter}')
    expect(await screen.findByText('That code is not right.')).toBeVisible()
    await userEvent.type(field, '456{Enter}')
    const codes = within(await screen.findByRole('group', { name: 'Recovery codes' }))
    expect(given).toEqual([{ code: '123' }, { code: '123456' }])
    expect(codes.getByText(CODES[1]!)).toBeVisible()
    await userEvent.click(codes.getByRole('button', { name: 'Download' }))
    expect(saved.mock.contexts[0]).toHaveProperty('download', 'fabula-recovery-codes-ada.txt')
    expect(codes.getByRole('button', { name: 'Done' })).toBeDisabled()
    await userEvent.click(codes.getByRole('checkbox', { name: 'I kept them' }))
    await userEvent.click(codes.getByRole('button', { name: 'Done' }))
    expect(screen.queryByText(CODES[1]!)).toBeNull()
  })

  it('says when recovery codes run out, and gives new ones for a code', async () => {
    server.use(
      http.post(`${API}/me/two-factor/recovery-codes`, () => HttpResponse.json({ codes: CODES })),
    )
    await open(true)
    expect(await screen.findByText('2 recovery codes left: make new ones.')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'New recovery codes' }))
    await userEvent.type(screen.getByLabelText('Code'), '123456{Enter}')
    expect(await screen.findByText(CODES[0]!)).toBeVisible()
  })

  it('is turned off with a code', async () => {
    let sent: unknown
    server.use(
      http.post(`${API}/me/two-factor/remove`, async ({ request }) => {
        sent = await request.json()
        return new HttpResponse(null, { status: 204 })
      }),
    )
    await open(true)
    await userEvent.click(await screen.findByRole('button', { name: 'Turn it off' }))
    const form = within(screen.getByRole('form', { name: 'Turn two-factor sign-in off' }))
    await userEvent.type(form.getByLabelText('Code'), 'AAAA-BBBB')
    await userEvent.click(form.getByRole('button', { name: 'Turn it off' }))
    expect(await screen.findByText(/Two-factor sign-in is off/)).toBeVisible()
    expect(sent).toEqual({ code: 'AAAA-BBBB' })
  })
})
