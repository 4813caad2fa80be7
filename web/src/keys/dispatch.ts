import { KEYMAP, type KeyAction } from './keymap'

export type KeyHandlers = Partial<Record<KeyAction, (event: KeyboardEvent) => void>>

interface Layer {
  handlers: KeyHandlers
  /** A modal layer hides the ones below it. */
  modal: boolean
}

/** Longest time between the keys of a sequence, in milliseconds. */
const SEQUENCE_MS = 1200
const TYPING = 'input, textarea, select, [contenteditable="true"]'

/** A key press as the table writes it: `Mod+k`, `Enter`, `?`. */
export function keyName(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
): string {
  const key =
    event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toLowerCase() : event.key
  return `${event.ctrlKey || event.metaKey ? 'Mod+' : ''}${event.altKey ? 'Alt+' : ''}${key}`
}

/** Finds the action of a key press in layers, the topmost first; `before` is the sequence so far. */
export function findAction(
  layers: readonly Layer[],
  name: string,
  before: string,
): { action: KeyAction; run: (event: KeyboardEvent) => void } | null {
  const wanted = before ? [`${before} ${name}`, name] : [name]
  for (const written of wanted) {
    for (const layer of [...layers].reverse()) {
      for (const [action, run] of Object.entries(layer.handlers) as [
        KeyAction,
        ((event: KeyboardEvent) => void) | undefined,
      ][]) {
        if (run && KEYMAP[action].keys.includes(written)) return { action, run }
      }
      if (layer.modal) break
    }
  }
  return null
}

/** Whether a sequence of some action begins like this. */
export function startsSequence(name: string): boolean {
  return Object.values(KEYMAP).some((row) => row.keys.some((keys) => keys.startsWith(`${name} `)))
}

const layers: Layer[] = []
let before = ''
let beforeAt = 0

/** Puts a layer on top; returns how to take it away. */
export function addLayer(layer: Layer): () => void {
  layers.push(layer)
  return () => {
    layers.splice(layers.indexOf(layer), 1)
  }
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  const name = keyName(event)
  const typing = event.target instanceof Element && event.target.closest(TYPING) !== null
  if (typing && !name.startsWith('Mod+')) return
  const pending = event.timeStamp - beforeAt < SEQUENCE_MS ? before : ''
  const found = findAction(layers, name, pending)
  before = ''
  if (found) {
    if (isNative(event, name)) return
    found.run(event)
    event.preventDefault()
  } else if (startsSequence(name)) {
    before = name
    beforeAt = event.timeStamp
  }
}

/** Enter and Space press the button or link that has the focus; that is theirs. */
function isNative(event: KeyboardEvent, name: string): boolean {
  if (name !== 'Enter' && name !== 'Space') return false
  const target =
    event.target instanceof Element ? event.target.closest('button, a, [role="button"]') : null
  return target !== null && !target.hasAttribute('data-asset-id')
}

/** Starts listening; called once by the app. */
export function listenToKeys(): () => void {
  document.addEventListener('keydown', onKeyDown)
  return () => document.removeEventListener('keydown', onKeyDown)
}
