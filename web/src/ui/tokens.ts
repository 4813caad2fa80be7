/** Colours by meaning. The test beside this file measures their contrast. */
export interface Palette {
  /** Surfaces, each a visible step above the one before: page, panel, control, hover, pressed. */
  surface: readonly [string, string, string, string, string]
  /** Text: main, secondary, quiet; all readable on the first three surfaces. */
  text: readonly [string, string, string]
  /** The one accent, for what is done next; `onAccent` is text on it. */
  accent: string
  accentHover: string
  onAccent: string
  /** The accent as text or line. */
  accentText: string
  /** The ring around what has the focus. */
  ring: string
  danger: string
  success: string
  /** Words that a rewriting added. */
  added: string
  shadow: string
}

export const dark: Palette = {
  surface: ['#0e1217', '#151a21', '#1d242d', '#28313c', '#343f4c'],
  text: ['#e9edf2', '#b0bac7', '#929eae'],
  accent: '#f2b052',
  accentHover: '#f7c173',
  onAccent: '#231603',
  accentText: '#f5bd6c',
  ring: '#f2b052',
  danger: '#ff8a80',
  success: '#67d391',
  added: '#3d3119',
  shadow: '0 2px 6px #0006, 0 12px 32px #0007',
}

export const light: Palette = {
  surface: ['#edf0f4', '#f7f9fb', '#ffffff', '#e3e8ee', '#d3dae3'],
  text: ['#151a21', '#434e5b', '#5a6674'],
  accent: '#f0a93f',
  accentHover: '#e79a28',
  onAccent: '#231603',
  accentText: '#865005',
  ring: '#b06a00',
  danger: '#b3241b',
  success: '#14713a',
  added: '#fde9c4',
  shadow: '0 2px 6px #1a223022, 0 12px 32px #1a223033',
}

/** Channels to relative luminance, as WCAG 2.2 defines it. */
export function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3). */
export function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}
