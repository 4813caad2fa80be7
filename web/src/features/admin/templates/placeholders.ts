/** The names of `{{name}}` in a text, each once, in order. */
export function placeholdersIn(text: string): string[] {
  const names = [...text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].map((found) => found[1] ?? '')
  return [...new Set(names)]
}

/** A text with something put in the place of what is selected, and where the caret then stands. */
export function insertAt(
  text: string,
  piece: string,
  from: number,
  to: number,
): { text: string; caret: number } {
  return { text: text.slice(0, from) + piece + text.slice(to), caret: from + piece.length }
}
