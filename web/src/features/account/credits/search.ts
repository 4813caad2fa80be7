import type { SplitBy } from './usage'

/** What stands in the address of the credits behind the `?`. */
export interface CreditsSearch {
  /** Days of usage that are shown. */
  days?: number
  by?: SplitBy
}

/** Days to choose from. */
export const PERIODS = [7, 30, 90] as const
export const DEFAULT_DAYS = 30

export function checkCreditsSearch(raw: Record<string, unknown>): CreditsSearch {
  const days = PERIODS.find((period) => period === raw.days && period !== DEFAULT_DAYS)
  return { ...(days ? { days } : {}), ...(raw.by === 'quality' ? { by: 'quality' } : {}) }
}
