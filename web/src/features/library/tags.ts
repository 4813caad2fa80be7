/** Longest tag, and most tags of a picture, as the studio takes them. */
export const MAX_TAG = 60
export const MAX_TAGS = 50

/** The tags of a line of typing: parted by commas, without doubles, space at the ends taken off. */
export function tagsIn(text: string): string[] {
  return withTags(
    [],
    text.split(',').map((tag) => tag.trim().replace(/\s+/g, ' ').slice(0, MAX_TAG)),
  )
}

/** Tags with some more; the same word in other case is the same tag. */
export function withTags(tags: readonly string[], more: readonly string[]): string[] {
  const seen = new Set<string>()
  return [...tags, ...more]
    .filter((tag) => {
      const folded = tag.toLocaleLowerCase()
      return tag !== '' && !seen.has(folded) && seen.add(folded)
    })
    .slice(0, MAX_TAGS)
}
