import { describe, expect, it } from 'vitest'
import { limits } from '../../../tests/fixtures'
import { grown, grows, moved, NO_EXTENSION, roomAt, toShape } from './sides'

const picture = { width: 1024, height: 768 }
const most = limits.width.maximum

describe('a picture that grows', () => {
  it('has its own size and what is added', () => {
    expect(grown(picture, { left: 8, right: 16, top: 0, bottom: 24 })).toEqual({
      width: 1048,
      height: 792,
    })
    expect(grows(NO_EXTENSION)).toBe(false)
    expect(grows({ ...NO_EXTENSION, top: 8 })).toBe(true)
  })

  it('is pulled by steps, never inwards and not beyond what the engine makes', () => {
    expect(moved(NO_EXTENSION, 'left', 101, picture, limits).left).toBe(104)
    expect(moved(NO_EXTENSION, 'left', -50, picture, limits).left).toBe(0)
    expect(moved(NO_EXTENSION, 'left', Number.NaN, picture, limits).left).toBe(0)
    const far = moved(NO_EXTENSION, 'left', 9000, picture, limits)
    expect(picture.width + far.left).toBe(most)
    expect(moved(far, 'right', 100, picture, limits).right).toBe(0)
  })

  it('may double where it is as large as the engine makes already', () => {
    const large = { width: most * 2, height: 768 }
    expect(roomAt('right', NO_EXTENSION, large, limits)).toBe(Math.min(most * 2, 4096))
  })

  it('comes to a shape by growing alike at both sides', () => {
    expect(toShape(1, picture, limits)).toEqual({ left: 0, right: 0, top: 128, bottom: 128 })
    expect(toShape(16 / 9, picture, limits)).toEqual({ left: 168, right: 168, top: 0, bottom: 0 })
    expect(toShape(5, picture, limits)).toBeNull()
  })
})
