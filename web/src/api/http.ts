import { apiError } from './errors'
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
