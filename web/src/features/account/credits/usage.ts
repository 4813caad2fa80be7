import type { UsageOut } from '@/api'

export type SplitBy = 'format' | 'quality'

/** What was made of one format or quality in all the days. */
export interface Series {
  key: string
  label: string
  jobs: number
  outputs: number
  credits: number
}

/** A day (UTC) as an ISO date, and what was made on it, in the order of the series. */
export interface Day {
  date: string
  total: number
  parts: number[]
}

export interface UsageShown {
  series: Series[]
  days: Day[]
  /** Outputs of all days. */
  total: number
  /** The top of the scale, in outputs: a round number that no day is above. */
  top: number
}

const NAMES: Record<string, string> = {
  image: 'Pictures',
  video: 'Films',
  text: 'Text',
  audio: 'Sound',
  fast: 'Fast',
  high: 'High quality',
}

const DAY_MS = 86_400_000

/**
 * Rows of usage as what a chart draws: every one of the last days, empty ones too, and the series
 * with the largest first. `today` is the last day, as an ISO date of UTC.
 */
export function usageOf(
  rows: readonly UsageOut[],
  by: SplitBy,
  days: number,
  today: string,
): UsageShown {
  const series = seriesOf(rows, by)
  const place = new Map(series.map((each, at) => [each.key, at]))
  const shown = datesUntil(today, days).map((date): Day => ({
    date,
    total: 0,
    parts: series.map(() => 0),
  }))
  const byDate = new Map(shown.map((day) => [day.date, day]))
  for (const row of rows) {
    const day = byDate.get(row.day)
    const at = place.get(row[by])
    if (!day || at === undefined) continue
    day.total += row.outputs
    day.parts[at] = (day.parts[at] ?? 0) + row.outputs
  }
  const most = Math.max(0, ...shown.map((day) => day.total))
  return { series, days: shown, total: sum(series.map((s) => s.outputs)), top: roundUp(most) }
}

function seriesOf(rows: readonly UsageOut[], by: SplitBy): Series[] {
  const found = new Map<string, Series>()
  for (const row of rows) {
    const key = row[by]
    const label = NAMES[key] ?? (key.replaceAll('_', ' ') || 'Other')
    const one = found.get(key) ?? { key, label, jobs: 0, outputs: 0, credits: 0 }
    one.jobs += row.jobs
    one.outputs += row.outputs
    one.credits += row.credits
    found.set(key, one)
  }
  return [...found.values()].sort((a, b) => b.outputs - a.outputs)
}

function datesUntil(today: string, days: number): string[] {
  const last = Date.parse(today)
  return Array.from({ length: days }, (_, at) =>
    new Date(last - (days - 1 - at) * DAY_MS).toISOString().slice(0, 10),
  )
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

/** The next of 4, 10, 20, 40, 100, 200, … */
function roundUp(number: number): number {
  for (let power = 1; ; power *= 10) {
    for (const step of [4, 10, 20]) if (number <= step * power) return step * power
  }
}

/** Today's ISO date in UTC, the clock of usage and quotas. */
export const utcToday = (now = Date.now()): string => new Date(now).toISOString().slice(0, 10)
