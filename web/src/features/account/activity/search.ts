/** What stands in the address of the account's activity behind the `?`. */
export interface ActivitySearch {
  /** An action of the trail, by its own name. */
  action?: string
  /** First and last day, as ISO dates of the person's own clock. */
  from?: string
  to?: string
}

const DATE = /^\d{4}-\d{2}-\d{2}$/

const dateOf = (value: unknown): string | undefined =>
  typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined

export function checkActivitySearch(raw: Record<string, unknown>): ActivitySearch {
  const [from, to] = [dateOf(raw.from), dateOf(raw.to)]
  return {
    ...(typeof raw.action === 'string' && raw.action ? { action: raw.action } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  }
}

/** The days as times: from the first one's begin to the end of the last one. */
export function timesOf({ from, to }: ActivitySearch): { since?: string; until?: string } {
  return {
    ...(from ? { since: startOf(from, 0) } : {}),
    ...(to ? { until: startOf(to, 1) } : {}),
  }
}

/** When a day begins on the person's own clock, which is not always 24 hours after the one before. */
function startOf(date: string, daysLater: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  return new Date(year, month - 1, day + daysLater).toISOString()
}
