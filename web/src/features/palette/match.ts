/**
 * How well a name fits what was typed; 0 is not at all. All words typed must be found; one that
 * begins a word counts more than one inside, and the name more than its other words.
 */
export function fitOf(typed: string, name: string, words = ''): number {
  const wanted = typed.toLocaleLowerCase('en').split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return 1
  let sum = 0
  for (const word of wanted) {
    const found = Math.max(wordFit(word, name) * 2, wordFit(word, words))
    if (found === 0) return 0
    sum += found
  }
  return sum / wanted.length
}

function wordFit(word: string, text: string): number {
  const at = text.toLocaleLowerCase('en').indexOf(word)
  if (at < 0) return 0
  if (at === 0) return 3
  return /\W/.test(text[at - 1] ?? '') ? 2 : 1
}
