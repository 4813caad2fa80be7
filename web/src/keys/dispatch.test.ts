import { afterEach, describe, expect, it, vi } from 'vitest'
import { addLayer, findAction, keyName, listenToKeys, startsSequence } from './dispatch'
import { KEYMAP, shownKeys } from './keymap'

const press = (key: string, more: KeyboardEventInit = {}, target: Element = document.body) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
  target.dispatchEvent(event)
  return event
}

describe('key names', () => {
  const plain = { ctrlKey: false, metaKey: false, altKey: false }
  it.each([
    [{ ...plain, key: 'K', ctrlKey: true }, 'Mod+k'],
    [{ ...plain, key: 'k', metaKey: true }, 'Mod+k'],
    [{ ...plain, key: ' ' }, 'Space'],
    [{ ...plain, key: '?' }, '?'],
    [{ ...plain, key: 'ArrowLeft' }, 'ArrowLeft'],
  ])('%o is %s', (event, name) => expect(keyName(event)).toBe(name))

  it('are shown as they stand on the keyboard', () => {
    expect(shownKeys('Mod+k', false)).toEqual(['Ctrl', 'K'])
    expect(shownKeys('Mod+k', true)).toEqual(['⌘', 'K'])
    expect(shownKeys('g w', false)).toEqual(['G', 'W'])
    expect(shownKeys('+', false)).toEqual(['+'])
    expect(shownKeys('Escape', false)).toEqual(['Esc'])
  })
})

describe('the key map', () => {
  it('gives no key two meanings within the pages and within the viewer', () => {
    for (const groups of [['Everywhere', 'Making', 'Pictures'], ['Viewer']]) {
      const keys = Object.values(KEYMAP)
        .filter((row) => groups.includes(row.group))
        .flatMap((row) => [...row.keys])
      expect(keys).toHaveLength(new Set(keys).size)
    }
  })

  it('begins sequences with keys that mean nothing alone', () => {
    const alone = Object.values(KEYMAP).flatMap((row) => row.keys.filter((k) => !k.includes(' ')))
    expect(alone.filter(startsSequence)).toEqual([])
  })
})

describe('finding an action', () => {
  it('prefers the topmost layer, and stops at a modal one', () => {
    const [below, above] = [vi.fn(), vi.fn()]
    const page = { handlers: { keep: below, help: below }, modal: false }
    const viewer = { handlers: { keep: above }, modal: true }
    expect(findAction([page, viewer], 'k', '')?.run).toBe(above)
    expect(findAction([page, viewer], '?', '')).toBeNull()
    expect(findAction([page], '?', '')?.action).toBe('help')
  })

  it('reads a sequence before a single key', () => {
    const [go, single] = [vi.fn(), vi.fn()]
    const layer = { handlers: { 'go.library': go, 'viewer.download': single }, modal: false }
    expect(findAction([layer], 'l', 'g')?.run).toBe(go)
    expect(findAction([layer], 's', 'g')?.run).toBe(single)
  })
})

describe('listening', () => {
  const undo: (() => void)[] = []
  afterEach(() => undo.splice(0).forEach((run) => run()))

  function listening(handlers: Parameters<typeof addLayer>[0]['handlers']) {
    undo.push(listenToKeys(), addLayer({ handlers, modal: false }))
  }

  it('runs single keys and sequences, and keeps the browser from acting', () => {
    const [keep, go] = [vi.fn(), vi.fn()]
    listening({ keep, 'go.library': go })
    expect(press('k').defaultPrevented).toBe(true)
    press('g')
    press('l')
    expect([keep.mock.calls.length, go.mock.calls.length]).toEqual([1, 1])
  })

  it('is silent while one types, but for keys with Ctrl', () => {
    const [keep, make] = [vi.fn(), vi.fn()]
    listening({ keep, make })
    const field = document.body.appendChild(document.createElement('textarea'))
    undo.push(() => field.remove())
    press('k', {}, field)
    press('Enter', { ctrlKey: true }, field)
    expect([keep.mock.calls.length, make.mock.calls.length]).toEqual([0, 1])
  })

  it('leaves Enter to the button that has the focus, and takes it on a card', () => {
    const open = vi.fn()
    listening({ open })
    const button = document.body.appendChild(document.createElement('button'))
    const card = document.body.appendChild(document.createElement('div'))
    card.dataset.assetId = 'a'
    undo.push(
      () => button.remove(),
      () => card.remove(),
    )
    press('Enter', {}, button)
    expect(open).not.toHaveBeenCalled()
    press('Enter', {}, card)
    expect(open).toHaveBeenCalledOnce()
  })
})
