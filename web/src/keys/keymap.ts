/** All keys of the page; the help shows this table and nothing else. */
export interface KeyRow {
  /** `Mod` is Ctrl, or Command on a Mac; keys that follow one another stand apart, as in `g w`. */
  keys: readonly string[]
  label: string
  group: 'Everywhere' | 'Making' | 'Pictures' | 'Viewer' | 'Painting'
}

const table = {
  palette: { keys: ['Mod+k'], label: 'Open the command palette', group: 'Everywhere' },
  search: { keys: ['/'], label: 'Search', group: 'Everywhere' },
  help: { keys: ['?'], label: 'Show all keys', group: 'Everywhere' },
  'go.workspace': { keys: ['g w'], label: 'Go to the workspace', group: 'Everywhere' },
  'go.library': { keys: ['g l'], label: 'Go to the library', group: 'Everywhere' },
  'go.admin': { keys: ['g a'], label: 'Go to the admin pages', group: 'Everywhere' },
  'go.account': { keys: ['g s'], label: 'Go to the account and settings', group: 'Everywhere' },
  activity: { keys: ['a'], label: 'Show the activity', group: 'Everywhere' },
  'rail.toggle': { keys: ['['], label: 'Fold the side bar', group: 'Everywhere' },
  new: { keys: ['n'], label: 'Write a new prompt', group: 'Making' },
  make: { keys: ['Mod+Enter'], label: 'Make', group: 'Making' },
  improve: { keys: ['Mod+i'], label: 'Improve the prompt', group: 'Making' },
  book: { keys: ['b'], label: 'Open the prompt book', group: 'Making' },
  left: { keys: ['ArrowLeft'], label: 'Left', group: 'Pictures' },
  right: { keys: ['ArrowRight'], label: 'Right', group: 'Pictures' },
  up: { keys: ['ArrowUp'], label: 'Up', group: 'Pictures' },
  down: { keys: ['ArrowDown'], label: 'Down', group: 'Pictures' },
  open: { keys: ['Enter'], label: 'Open', group: 'Pictures' },
  select: { keys: ['Space'], label: 'Select', group: 'Pictures' },
  keep: { keys: ['k'], label: 'Keep in the library', group: 'Pictures' },
  discard: { keys: ['d'], label: 'Discard', group: 'Pictures' },
  again: { keys: ['r'], label: 'Make again', group: 'Pictures' },
  reference: { keys: ['u'], label: 'Use as reference', group: 'Pictures' },
  part: { keys: ['p'], label: 'Change a part', group: 'Pictures' },
  move: { keys: ['m'], label: 'Move this picture: a clip of it', group: 'Pictures' },
  upscale: { keys: ['e'], label: 'Upscale: more pixels', group: 'Pictures' },
  favourite: { keys: ['f'], label: 'Favourite', group: 'Pictures' },
  close: { keys: ['Escape'], label: 'Back', group: 'Everywhere' },
  'viewer.previous': { keys: ['ArrowLeft'], label: 'Previous picture', group: 'Viewer' },
  'viewer.next': { keys: ['ArrowRight'], label: 'Next picture', group: 'Viewer' },
  'viewer.zoomIn': { keys: ['+', '='], label: 'Closer', group: 'Viewer' },
  'viewer.zoomOut': { keys: ['-'], label: 'Farther', group: 'Viewer' },
  'viewer.fit': { keys: ['0'], label: 'Fit the window', group: 'Viewer' },
  'viewer.compare': {
    keys: ['c'],
    label: 'Compare within the batch, or before and after',
    group: 'Viewer',
  },
  'viewer.details': { keys: ['i'], label: 'Show the details', group: 'Viewer' },
  'viewer.play': { keys: ['Space'], label: 'Play or pause a clip', group: 'Viewer' },
  'viewer.frameBack': { keys: [','], label: 'One frame back', group: 'Viewer' },
  'viewer.frameOn': { keys: ['.'], label: 'One frame on', group: 'Viewer' },
  'mask.brush': { keys: ['b'], label: 'Brush', group: 'Painting' },
  'mask.eraser': { keys: ['x', 'e'], label: 'Eraser, and back', group: 'Painting' },
  'mask.box': { keys: ['r'], label: 'Rectangle', group: 'Painting' },
  'mask.hand': { keys: ['h'], label: 'Move the picture', group: 'Painting' },
  'mask.smaller': { keys: ['['], label: 'Narrower brush', group: 'Painting' },
  'mask.larger': { keys: [']'], label: 'Wider brush', group: 'Painting' },
  'mask.undo': { keys: ['z', 'Mod+z'], label: 'Undo', group: 'Painting' },
  'mask.redo': { keys: ['y', 'Mod+y'], label: 'Redo', group: 'Painting' },
  'mask.invert': { keys: ['i'], label: 'Invert', group: 'Painting' },
  'viewer.download': { keys: ['s'], label: 'Download', group: 'Viewer' },
} as const satisfies Record<string, KeyRow>

export type KeyAction = keyof typeof table
export const KEYMAP: Readonly<Record<KeyAction, KeyRow>> = table

const SHOWN: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
}

/** `Mod+k` as it stands on the person's keyboard: `Ctrl K` or `⌘ K`. */
export function shownKeys(keys: string, mac: boolean): string[] {
  return keys
    .split(/[+ ](?=.)/)
    .map(
      (key) =>
        SHOWN[key] ??
        (key === 'Mod' ? (mac ? '⌘' : 'Ctrl') : key.length === 1 ? key.toUpperCase() : key),
    )
}

export const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform)

/** The first keys of an action as one text, for hints. */
export const keyHint = (action: KeyAction): string =>
  shownKeys(KEYMAP[action].keys[0] ?? '', isMac()).join(' ')
