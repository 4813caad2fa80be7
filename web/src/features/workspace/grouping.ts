import type { AssetRef, JobOut, ProgressOut } from '@/api'
import type { JobPages } from '@/features/jobs/cache'
import { dayName, duration } from '@/ui/format'

/** A line of the workspace: the name of a day, or a job with its pictures. */
export type Row =
  { kind: 'day'; id: string; label: string } | { kind: 'job'; id: string; job: JobOut }

/** Whether there is anything to show of a job. */
function isShown(job: JobOut): boolean {
  if (job.dismissed) return false
  return job.status !== 'completed' || job.assets.length > 0
}

/** The lines of the workspace, newest first. `hiddenAssets` are being discarded; with a session, only
 * its jobs are shown. */
export function rowsOf(
  pages: JobPages | undefined,
  hiddenAssets: ReadonlySet<string>,
  session: string | null = null,
  now = Date.now(),
): Row[] {
  const rows: Row[] = []
  let day = ''
  for (const read of pages?.pages.flatMap((page) => page.items) ?? []) {
    const job = withoutAssets(read, hiddenAssets)
    if (!isShown(job) || (session !== null && job.workspace_session_id !== session)) continue
    const label = dayName(job.created_at, now)
    if (label !== day) rows.push({ kind: 'day', id: `day-${label}`, label })
    day = label
    rows.push({ kind: 'job', id: job.id, job })
  }
  return rows
}

function withoutAssets(job: JobOut, hidden: ReadonlySet<string>): JobOut {
  if (!job.assets.some((asset) => hidden.has(asset.id))) return job
  return { ...job, assets: job.assets.filter((asset) => !hidden.has(asset.id)) }
}

/** Whether older jobs can still have pictures here: those of the last days only. */
export function mayHaveMore(pages: JobPages | undefined, days: number, now = Date.now()): boolean {
  const last = pages?.pages.at(-1)
  if (!last?.next_cursor) return false
  const oldest = last.items.at(-1)
  if (!oldest) return true
  // A day more, for jobs that waited long before they ran.
  return now - Date.parse(oldest.created_at) < (days + 1) * 86_400_000
}

export interface Cell {
  index: number
  asset: AssetRef | null
  /** `done` has its asset; `active` is being made; `waiting` comes later. */
  state: 'done' | 'active' | 'waiting'
}

const isActive = (job: JobOut): boolean => job.status === 'queued' || job.status === 'processing'

/** The cards of a job: while it runs one for every picture to come, afterwards what is there. */
export function cellsOf(job: JobOut, progress: ProgressOut): Cell[] {
  const assets = [...job.assets].sort((a, b) => a.asset_index - b.asset_index)
  if (!isActive(job)) {
    return assets.map((asset) => ({ index: asset.asset_index, asset, state: 'done' }))
  }
  const made = new Map(assets.map((asset) => [asset.asset_index, asset]))
  const started = job.status === 'processing'
  return Array.from({ length: job.count }, (_, index) => {
    const asset = made.get(index) ?? null
    const active = started && index <= progress.index
    return { index, asset, state: asset ? 'done' : active ? 'active' : 'waiting' }
  })
}

/** The preview of one picture of a job, if the latest preview is of it. */
export function previewFor(progress: ProgressOut, index: number): string | null {
  const shown = /\/preview\/(\d+)/.exec(progress.preview_url ?? '')
  return shown && Number(shown[1]) === index ? progress.preview_url : null
}

/** How much of one picture is done, 0 to 1. */
export function shareOf(progress: ProgressOut, index: number): number {
  if (index < progress.index) return 1
  if (index > progress.index || progress.steps === 0) return 0
  return progress.step / progress.steps
}

const ORDINAL = new Intl.PluralRules('en-GB', { type: 'ordinal' })
const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' }

export function place(position: number): string {
  return `${position}${ENDINGS[ORDINAL.select(position)] ?? 'th'} in line`
}

/** What a job is doing, in a line: `making 2 of 3, step 14 of 25, about 4 s`. */
export function progressWords(job: JobOut, progress: ProgressOut): string {
  const left = progress.eta_seconds === null ? '' : `about ${duration(progress.eta_seconds)}`
  if (job.status === 'queued') {
    const where = job.queue_position ? place(job.queue_position) : ''
    return ['waiting', where, left].filter(Boolean).join(', ')
  }
  switch (progress.stage) {
    case 'rewriting':
      return 'improving the prompt…'
    case 'generating': {
      const which = job.count > 1 ? `making ${progress.index + 1} of ${job.count}` : 'making'
      const step = progress.steps ? `step ${progress.step} of ${progress.steps}` : ''
      return [which, step, left].filter(Boolean).join(', ')
    }
    default:
      return 'getting the engine ready…'
  }
}

/** Days until a staged picture goes; at least 0. */
export function daysLeft(expiresAt: string, now = Date.now()): number {
  return Math.max(0, (Date.parse(expiresAt) - now) / 86_400_000)
}

const GAP = 8
const TALLEST = 300

export interface Layout {
  columns: number
  /** Pixels of one card. */
  width: number
  height: number
  /** Pixels of all cards of the job together. */
  total: number
}

/**
 * How the cards of a job stand: as many in a row as keep a card wide enough to judge it, and none
 * taller than a third of a screen.
 */
export function layoutOf(available: number, cards: number, ratio: number): Layout {
  const narrow = available < 560
  const tallest = narrow ? available / ratio : TALLEST
  const least = narrow ? 140 : 170
  const widthFor = (columns: number) =>
    Math.floor(Math.min((available - GAP * (columns - 1)) / columns, tallest * ratio))
  let columns = Math.max(cards, 1)
  while (columns > 1 && widthFor(columns) < Math.min(least, tallest * ratio)) columns--
  const width = Math.max(widthFor(columns), 1)
  const height = Math.round(width / ratio)
  const rows = Math.ceil(Math.max(cards, 1) / columns)
  return { columns, width, height, total: rows * height + (rows - 1) * GAP }
}

/** A layout as CSS. */
export function gridColumns(layout: Layout): { gridTemplateColumns: string } {
  return { gridTemplateColumns: `repeat(${layout.columns}, ${layout.width}px)` }
}
