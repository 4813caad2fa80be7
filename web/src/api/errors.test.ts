import { describe, expect, it } from 'vitest'
import { server } from '../../tests/server'
import { http, HttpResponse } from 'msw'
import { ApiError, isOffline, isSignedOut, sdk, sentenceOf } from '@/api'

const ME = 'http://studio.test/api/me'

async function failure(): Promise<unknown> {
  try {
    await sdk.me()
  } catch (error) {
    return error
  }
  throw new Error('It did not fail.')
}

describe('errors of the API', () => {
  it('carry the sentence, the code and the field', async () => {
    server.use(
      http.get(ME, () =>
        HttpResponse.json(
          { error: 'invalid', detail: 'That is wrong.', field: 'name' },
          { status: 422 },
        ),
      ),
    )
    const error = await failure()
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 422, code: 'invalid', field: 'name' })
    expect(sentenceOf(error)).toBe('That is wrong.')
  })

  it('say so when nobody is signed in', async () => {
    server.use(
      http.get(ME, () =>
        HttpResponse.json(
          { error: 'not_signed_in', detail: 'Sign in.', field: null },
          { status: 401 },
        ),
      ),
    )
    expect(isSignedOut(await failure())).toBe(true)
  })

  it('say so when the studio does not answer', async () => {
    server.use(http.get(ME, () => HttpResponse.error()))
    const error = await failure()
    expect(isOffline(error)).toBe(true)
    expect(sentenceOf(error)).toMatch(/Nothing was changed/)
  })

  it('have words for an answer that is not ours', async () => {
    server.use(http.get(ME, () => new HttpResponse('<h1>Bad gateway</h1>', { status: 502 })))
    expect(sentenceOf(await failure())).toMatch(/502/)
  })

  it('every request carries the header that other sites cannot send', async () => {
    let seen: string | null = null
    server.use(
      http.post('http://studio.test/api/auth/logout', ({ request }) => {
        seen = request.headers.get('x-fabula-csrf')
        return new HttpResponse(null, { status: 204 })
      }),
    )
    await sdk.logout()
    expect(seen).toBe('1')
  })
})
