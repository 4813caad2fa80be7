import { describe, expect, it } from 'vitest'
import { MAX_TAG, MAX_TAGS, tagsIn, withTags } from './tags'

describe('tags', () => {
  it('are parted by commas and cleaned', () => {
    expect(tagsIn(' sea,  night   sky ,, Sea ')).toEqual(['sea', 'night sky'])
    expect(tagsIn(' , ')).toEqual([])
    expect(tagsIn('x'.repeat(200))[0]).toHaveLength(MAX_TAG)
  })

  it('are added once, and no more than the studio takes', () => {
    expect(withTags(['sea'], ['SEA', 'boat'])).toEqual(['sea', 'boat'])
    const many = Array.from({ length: 70 }, (_, at) => `t${at}`)
    expect(withTags([], many)).toHaveLength(MAX_TAGS)
  })
})
