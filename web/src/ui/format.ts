/** Numbers, times and sizes in words for people. */

const RELATIVE = new Intl.RelativeTimeFormat('en-GB', { numeric: 'auto' })
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' })
const DAY_OF_YEAR = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' })
const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' })
const FULL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** `1 picture`, `3 pictures`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-GB')} ${number === 1 ? one : many}`
}

/** Seconds as a person says them: `under a second`, `4 s`, `2 min`, `1 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 1) return 'under a second'
  if (seconds < 90) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`
}

/** The length of a clip as it is set: `5 s`, `2.5 s`. */
export const lengthOf = (seconds: number): string => `${Number(seconds.toFixed(1))} s`

/** A place in a clip as players write it: `0:05`, `1:12`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** `3 pictures`, `1 clip`, `3 pictures, 1 clip`. */
export function countOf(items: readonly { mime_type: string }[]): string {
  const clips = items.filter((each) => isClip(each.mime_type)).length
  const pictures = items.length - clips
  return [
    pictures || clips === 0 ? count(pictures, 'picture') : '',
    clips ? count(clips, 'clip') : '',
  ]
    .filter(Boolean)
    .join(', ')
}

/** Whether a file moves. */
export const isClip = (mimeType: string): boolean => mimeType.startsWith('video/')

const SUFFIXES: Record<string, string> = {
  'image/png': 'png',
  'image/webp': 'webp',
  'image/jpeg': 'jpg',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
}

/** What a file is called when it is downloaded. */
export const fileName = (id: string, mimeType: string): string =>
  `fabula-${id}.${SUFFIXES[mimeType] ?? 'png'}`

/** Bytes in decimal units: `640 B`, `48 kB`, `1.2 MB`, `3.4 GB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`
  if (bytes < 999_950_000) return `${(bytes / 1e6).toFixed(1)} MB`
  return `${(bytes / 1e9).toFixed(1)} GB`
}

/** A whole number with its sign, as a movement: `+20`, `−3`, `0`. */
export function signed(number: number): string {
  const size = Math.abs(number).toLocaleString('en-GB')
  return number === 0 ? '0' : `${number > 0 ? '+' : '−'}${size}`
}

/** `just now`, `5 minutes ago`, `14:32`, `yesterday`, `12 Nov 2026, 14:32`. */
export function when(iso: string, now = Date.now()): string {
  const then = new Date(iso)
  const seconds = (now - then.getTime()) / 1000
  if (seconds < 45) return 'just now'
  if (seconds < 3600) return RELATIVE.format(-Math.round(seconds / 60), 'minute')
  if (sameDay(then, new Date(now))) return CLOCK.format(then)
  if (seconds < 7 * 86400) return `${dayName(iso, now)}, ${CLOCK.format(then)}`
  return FULL.format(then)
}

/** `Today`, `Yesterday`, `Monday 9 November`, `Sunday 9 November 2025` of another year. */
export function dayName(iso: string, now = Date.now()): string {
  const then = new Date(iso)
  if (sameDay(then, new Date(now))) return 'Today'
  if (sameDay(then, new Date(now - 86_400_000))) return 'Yesterday'
  return (then.getFullYear() === new Date(now).getFullYear() ? DAY : DAY_OF_YEAR).format(then)
}

export const fullTime = (iso: string): string => FULL.format(new Date(iso))

/** `14:32`. */
export const timeOfDay = (iso: string): string => CLOCK.format(new Date(iso))

/** `9 November 2026`. */
export const date = (iso: string): string => DATE.format(new Date(iso))

function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString()
}

/** The shape of a picture in small whole numbers: 1024 x 768 is `4:3`; odd shapes give `1.91:1`. */
export function ratioName(width: number, height: number): string {
  const divisor = gcd(width, height)
  const [w, h] = [width / divisor, height / divisor]
  if (w <= 32 && h <= 32) return `${w}:${h}`
  return width >= height ? `${(width / height).toFixed(2)}:1` : `1:${(height / width).toFixed(2)}`
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}

/** `once`, `4 times`. */
export const times = (number: number): string => (number === 1 ? 'once' : count(number, 'time'))
