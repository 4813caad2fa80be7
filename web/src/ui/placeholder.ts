import { thumbHashToAverageRGBA, thumbHashToDataURL } from 'thumbhash'

const LIMIT = 600
const known = new Map<string, string>()

function bytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
}

/**
 * The placeholder picture of a thumbhash as a `data:` address, or null where the hash is empty or
 * broken. The latest ones are kept, because decoding takes about a millisecond.
 */
export function placeholderOf(thumbhash: string): string | null {
  if (!thumbhash) return null
  const found = known.get(thumbhash)
  if (found) return found
  try {
    const address = thumbHashToDataURL(bytes(thumbhash))
    if (known.size >= LIMIT) known.delete(known.keys().next().value ?? '')
    known.set(thumbhash, address)
    return address
  } catch {
    return null
  }
}

/** The average colour of a thumbhash as CSS, or null. */
export function averageColour(thumbhash: string): string | null {
  if (!thumbhash) return null
  try {
    const { r, g, b } = thumbHashToAverageRGBA(bytes(thumbhash))
    return `rgb(${Math.round(r * 255)} ${Math.round(g * 255)} ${Math.round(b * 255)})`
  } catch {
    return null
  }
}
