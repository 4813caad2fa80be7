import { queryOptions } from '@tanstack/react-query'
import { apiError, sdk } from '@/api'
import type { ReadyOut } from '@/api'
import { keys } from '@/api/keys'

/** Milliseconds between two looks while the page is open. */
const EVERY_MS = 15_000

/** The version that runs, and whether its parts answer. */
export const health = queryOptions({
  queryKey: keys.health,
  queryFn: async () => {
    const [ready, { version }] = await Promise.all([readiness(), sdk.live()])
    return { ready, version }
  },
  refetchInterval: EVERY_MS,
})

/** A studio that is not ready says so with 503, which is an answer here and no error. */
async function readiness(): Promise<ReadyOut> {
  let response: Response
  try {
    response = await fetch(`${location.origin}/api/health/ready`)
  } catch {
    throw apiError(undefined, undefined)
  }
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok || response.status === 503) return body as ReadyOut
  throw apiError(body, response)
}
