import { ApiError, apiError } from './errors'
import { client } from './generated/client.gen'

/** Sent with every request that changes something; a form of another site cannot send it. */
const CSRF = { 'X-Fabula-CSRF': '1' }

client.setConfig({ baseUrl: location.origin, credentials: 'same-origin', headers: CSRF })

// Its second argument is missing when no answer came, whatever the generated type says.
client.interceptors.error.use((body, response: Response | undefined) =>
  body instanceof DOMException && body.name === 'AbortError' ? body : apiError(body, response),
)

/** Sends a request that outlives the page, for what must be said while it closes. */
export function sendOnLeaving(method: 'DELETE' | 'POST', path: string): void {
  void fetch(path, { method, keepalive: true, credentials: 'same-origin', headers: CSRF })
}

/** Posts a request whose answer comes as events; they end with `done`, or with an error. */
export async function postForEvents(
  path: string,
  body: object,
  signal: AbortSignal,
  take: (event: StreamEvent) => void,
): Promise<void> {
  let response: Response
  try {
    response = await fetch(location.origin + path, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { ...CSRF, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    })
  } catch (error) {
    throw signal.aborted ? error : apiError(null, undefined)
  }
  if (!response.ok || !response.body) {
    throw apiError(await response.json().catch(() => null), response)
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    const parts = (rest + value).split(/\r?\n\r?\n/)
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const event = readEvent(part)
      if (event) take(event)
    }
  }
}

export interface StreamEvent {
  type: string
  data: unknown
}

/** One block of an event stream; comments and blocks without data are none. */
export function readEvent(block: string): StreamEvent | null {
  let type = 'message'
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith('event:')) type = line.slice(6).trim()
    if (line.startsWith('data:')) data.push(line.slice(5).trimStart())
  }
  return data.length ? { type, data: JSON.parse(data.join('\n')) as unknown } : null
}

/** For an answer that ended before it was whole. */
export const brokenOff = (): ApiError =>
  new ApiError(0, 'broken_off', 'The answer broke off. Nothing was changed: try again.')
