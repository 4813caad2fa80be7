import { expect, it } from 'vitest'
import { inTurn } from './inTurn'

it('does each once, never more than a few at a time, and counts', async () => {
  const seen: number[] = []
  const counts: number[] = []
  let now = 0
  let most = 0
  const failures = await inTurn(
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    async (item) => {
      most = Math.max(most, ++now)
      await Promise.resolve()
      now -= 1
      seen.push(item)
    },
    (done) => counts.push(done),
    3,
  )
  expect(seen.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(most).toBe(3)
  expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(failures).toEqual([])
})

it('goes on after a failure and hands back what was thrown', async () => {
  const wrong = new Error('no')
  const seen: string[] = []
  const failures = await inTurn(['a', 'b', 'c'], async (item) => {
    await Promise.resolve()
    if (item === 'b') throw wrong
    seen.push(item)
  })
  expect(seen).toEqual(['a', 'c'])
  expect(failures).toEqual([wrong])
})
