import { getDraft, patchDraft } from './draft'

/** The prompt's field, of which there is one on the page. */
export const PROMPT_ID = 'prompt'

function promptField(): HTMLTextAreaElement | null {
  const field = document.getElementById(PROMPT_ID)
  return field instanceof HTMLTextAreaElement ? field : null
}

export const promptIsHere = (): boolean => promptField() !== null

/** Puts the cursor into the prompt, at its end. Returns whether there is one. */
export function focusPrompt(): boolean {
  const field = promptField()
  if (!field) return false
  field.focus({ preventScroll: true })
  field.setSelectionRange(field.value.length, field.value.length)
  return true
}

/** A text with a piece at a place, apart from the words around it, and where the piece ends. */
export function withPiece(text: string, piece: string, at: number): { text: string; end: number } {
  const [before, after] = [text.slice(0, at), text.slice(at)]
  const left = /\S$/.test(before) ? ' ' : ''
  const right = /^[\p{L}\p{N}(_{]/u.test(after) ? ' ' : ''
  return { text: `${before}${left}${piece}${right}${after}`, end: at + left.length + piece.length }
}

/** Puts a piece of text where the caret stands in the prompt, or at its end. */
export function insertIntoPrompt(piece: string): void {
  const { prompt } = getDraft()
  const field = promptField()
  // A caret that was never placed stands before the first letter, where nobody adds words.
  const at = field?.selectionEnd ? Math.min(field.selectionEnd, prompt.length) : prompt.length
  const { text, end } = withPiece(prompt, piece, at)
  patchDraft({ prompt: text })
  requestAnimationFrame(() => {
    const shown = promptField()
    shown?.focus({ preventScroll: true })
    shown?.setSelectionRange(end, end)
  })
}
