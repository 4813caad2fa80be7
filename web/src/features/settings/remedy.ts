/** A sentence in pieces; what stood between backticks is something to type. */
export interface Piece {
  text: string
  code: boolean
}

export function piecesOf(sentence: string): Piece[] {
  return sentence
    .split('`')
    .map((text, at) => ({ text, code: at % 2 === 1 }))
    .filter((piece) => piece.text !== '')
}

interface Blocked {
  available: boolean
  reason: string
  remedy: string
}

/**
 * What cannot run, gathered by what is missing for it. A reason that names the thing itself counts
 * as the same as another's, and is then left to the remedy.
 */
export function byReason<T extends Blocked>(
  items: readonly T[],
  nameOf: (item: T) => string,
): { reason: string; remedy: string; items: T[] }[] {
  const groups = new Map<string, { reason: string; remedy: string; items: T[] }>()
  for (const item of items) {
    if (item.available) continue
    const name = `${item.reason.replaceAll(nameOf(item), '…')}\n${item.remedy}`
    const group = groups.get(name) ?? { reason: item.reason, remedy: item.remedy, items: [] }
    if (group.reason !== item.reason) group.reason = ''
    group.items.push(item)
    groups.set(name, group)
  }
  return [...groups.values()]
}

const MODALITIES: Record<string, string> = {
  image: 'Pictures',
  video: 'Films',
  text: 'Text',
  audio: 'Sound',
  speech: 'Speech',
}

export const modalityName = (modality: string): string => MODALITIES[modality] ?? modality

const ORDER = Object.keys(MODALITIES)

/** Engines by what they make; within that the ones that run come first. */
export function byModality<T extends { modality: string; available: boolean }>(
  engines: readonly T[],
): { modality: string; engines: T[] }[] {
  const names = [...new Set(engines.map((engine) => engine.modality))]
  const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)
  return names
    .sort((a, b) => place(a) - place(b))
    .map((modality) => ({
      modality,
      engines: engines
        .filter((engine) => engine.modality === modality)
        .sort((a, b) => Number(b.available) - Number(a.available)),
    }))
}
