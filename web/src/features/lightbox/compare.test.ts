import { describe, expect, it } from 'vitest'
import { batchOf, partnerOf, splitByKey } from './compare'
import { viewerItem } from './fixtures'

const A = viewerItem({ id: 'a', jobId: 'one' })
const B = viewerItem({ id: 'b', jobId: 'one' })
const C = viewerItem({ id: 'c', jobId: 'one' })
const OTHER = viewerItem({ id: 'x', jobId: 'two' })
const ALONE = viewerItem({ id: 'y', jobId: null })
const ALL = [OTHER, A, B, C, ALONE]

describe('the batch', () => {
  it('is what one job made', () => {
    expect(batchOf(ALL, B).map((each) => each.id)).toEqual(['a', 'b', 'c'])
    expect(batchOf(ALL, ALONE)).toEqual([ALONE])
  })

  it('gives a picture to compare with, never the picture itself', () => {
    const batch = batchOf(ALL, A)
    expect(partnerOf(batch, A)?.id).toBe('b')
    expect(partnerOf(batch, C)?.id).toBe('a')
    expect(partnerOf(batch, A, C)?.id).toBe('b')
    expect(partnerOf(batch, A, B, -1)?.id).toBe('c')
    expect(partnerOf([OTHER], OTHER)).toBeNull()
  })
})

describe('the divider', () => {
  it('moves by keys and stops at the edges', () => {
    expect(splitByKey('ArrowLeft', 0.5, false)).toBeCloseTo(0.48)
    expect(splitByKey('ArrowRight', 0.95, true)).toBe(1)
    expect(splitByKey('Home', 0.5, false)).toBe(0)
    expect(splitByKey('k', 0.5, false)).toBeNull()
  })
})
