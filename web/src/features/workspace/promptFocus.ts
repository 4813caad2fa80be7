/** The prompt's field, of which there is one on the page. */
export const PROMPT_ID = 'prompt'

/** Puts the cursor into the prompt, at its end. Returns whether there is one. */
export function focusPrompt(): boolean {
  const field = document.getElementById(PROMPT_ID)
  if (!(field instanceof HTMLTextAreaElement)) return false
  field.focus({ preventScroll: true })
  field.setSelectionRange(field.value.length, field.value.length)
  return true
}
