/** A span of local days as the studio wants it: `since` is part of it, `until` is not. */
export function spanOf({ since, until }: { since?: string; until?: string }): {
  since?: string
  until?: string
} {
  return {
    ...(since ? { since: midnight(since, 0) } : {}),
    ...(until ? { until: midnight(until, 1) } : {}),
  }
}

/** The first moment of the local day that is `later` days after a day written `2026-11-25`. */
function midnight(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later).toISOString()
}
