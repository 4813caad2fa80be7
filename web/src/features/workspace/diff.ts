/** Which words of a rewriting are new, word by word. */

export interface Segment {
  text: string
  added: boolean
}

export interface PromptDiff {
  /** The new text in pieces; joined they are exactly it. */
  segments: Segment[]
  /** Words of the old text that are not in the new one, in order. */
  removed: string[]
}

/** Words and what stands between them; joined they are the text. */
function pieces(text: string): string[] {
  return text.match(/[\p{L}\p{N}'’-]+|[^\p{L}\p{N}'’-]+/gu) ?? []
}

const isWord = (piece: string): boolean => /[\p{L}\p{N}]/u.test(piece)
const folded = (word: string): string => word.toLocaleLowerCase('en')

/** Compares by the longest common run of words; case and punctuation make no difference. */
export function diffPrompts(before: string, after: string): PromptDiff {
  const old = pieces(before).filter(isWord)
  const parts = pieces(after)
  const fresh = parts.filter(isWord)
  const kept = commonWords(old.map(folded), fresh.map(folded))
  const segments: Segment[] = []
  let at = 0
  for (const part of parts) {
    if (isWord(part)) push(segments, part, !kept.after.has(at++))
    // What stands between words belongs to the one that follows it, at the end to the last.
    else push(segments, part, !kept.after.has(Math.min(at, fresh.length - 1)))
  }
  return { segments, removed: old.filter((_, index) => !kept.before.has(index)) }
}

function push(segments: Segment[], text: string, added: boolean): void {
  const last = segments.at(-1)
  if (last?.added === added) last.text += text
  else segments.push({ text, added })
}

function commonWords(a: string[], b: string[]): { before: Set<number>; after: Set<number> } {
  const width = b.length + 1
  const lengths = new Uint16Array((a.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const found = { before: new Set<number>(), after: new Set<number>() }
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      found.before.add(i++)
      found.after.add(j++)
    } else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  }
  return found
}
