import { describe, expect, it } from 'vitest'
import { clipLimits, jobType, limits } from '../../../tests/fixtures'
import { EMPTY_DRAFT, type Draft } from './draft'
import {
  estimateOf,
  MAX_SEED,
  obstacle,
  priceOf,
  randomSeed,
  requestOf,
  rewritingInUse,
  shapesFor,
  sizeOf,
  partStrengthWords,
  strengthWords,
  summaryOf,
  withJobType,
} from './request'

const type = jobType()
const draft = (change: Partial<Draft> = {}): Draft => ({
  ...EMPTY_DRAFT,
  prompt: 'a fox',
  ...change,
})
const improved = (change: object = {}) => ({
  source: 'a fox',
  text: 'a fox, in soft light',
  inUse: true,
  notes: [],
  cut: [],
  by: 'by rules',
  ...change,
})

describe('the request of a draft', () => {
  it('says only what the person chose', () => {
    expect(requestOf(draft(), limits)).toEqual({
      prompt: 'a fox',
      job_type: 'sdxl_image_fast',
      count: 3,
      destination: 'workspace',
    })
  })

  it('says everything that was chosen', () => {
    const full = draft({
      seed: 0,
      size: { width: 1024, height: 768 },
      steps: 20,
      guidance: 2,
      negative: ' rain ',
      reference: {
        assetId: 'r',
        url: '',
        thumbnailUrl: '',
        width: 1,
        height: 1,
        rating: 'general' as const,
      },
      strength: 0.3,
      improved: improved(),
    })
    expect(requestOf(full, limits)).toMatchObject({
      seed: 0,
      width: 1024,
      height: 768,
      steps: 20,
      guidance_scale: 2,
      negative_prompt: 'rain',
      reference: { asset_id: 'r', strength: 0.3 },
      enhanced_prompt: 'a fox, in soft light',
    })
  })

  it('names the mask and how far the picture grows, and leaves the size to the picture', () => {
    const reference = {
      assetId: 'r',
      url: '',
      thumbnailUrl: '',
      width: 640,
      height: 480,
      rating: 'general' as const,
    }
    const extend = { left: 64, right: 0, top: 0, bottom: 32 }
    const inPart = draft({
      reference,
      strength: 0.9,
      size: { width: 1024, height: 768 },
      part: { mask: 'data:', maskId: 'm', extend },
    })
    const body = requestOf(inPart, limits)
    expect(body.reference).toEqual({ asset_id: 'r', strength: 0.9, mask: 'm', extend })
    expect(body).not.toHaveProperty('width')
    expect(sizeOf(inPart, limits)).toEqual({ width: 704, height: 512 })
    const painted = draft({ ...inPart, part: { mask: 'data:', maskId: 'm', extend: null } })
    expect(sizeOf(painted, limits)).toEqual({ width: 640, height: 480 })
    const unable = jobType({ limits: { ...limits, inpainting: false } })
    expect(obstacle(painted, unable)).toContain('cannot draw a part')
    expect(obstacle(painted, type)).toBeNull()
  })

  it('asks for no more pictures than the engine makes at once', () => {
    expect(
      requestOf(draft({ count: 6 }), jobType({ limits: { ...limits, max_count: 4 } }).limits).count,
    ).toBe(4)
  })
})

describe('a rewriting', () => {
  it('counts only while it is in use and of these words', () => {
    expect(rewritingInUse(draft({ improved: improved() }))).toBe('a fox, in soft light')
    expect(rewritingInUse(draft({ improved: improved({ inUse: false }) }))).toBeNull()
    expect(rewritingInUse(draft({ improved: improved(), prompt: 'an owl' }))).toBeNull()
    expect(rewritingInUse(draft({ improved: improved({ text: ' ' }) }))).toBeNull()
  })
})

describe('what stands in the way', () => {
  it.each([
    [draft(), type, null],
    [draft({ prompt: '  ' }), type, /what to make/],
    [draft({ prompt: 'x'.repeat(4001) }), type, /4000/],
    [draft(), undefined, /not known/],
    [
      draft(),
      jobType({ available: false, reason: 'No engine.', remedy: 'Connect one.' }),
      /No engine. Connect one./,
    ],
    [
      draft({
        reference: {
          assetId: 'r',
          url: '',
          thumbnailUrl: '',
          width: 1,
          height: 1,
          rating: 'general' as const,
        },
      }),
      jobType({ limits: { ...limits, image_to_image: false } }),
      /cannot start from a picture/,
    ],
  ])('%#', (made, kind, words) => {
    if (words === null) expect(obstacle(made, kind)).toBeNull()
    else expect(obstacle(made, kind)).toMatch(words)
  })
})

describe('price and time', () => {
  it('are those of all pictures', () => {
    const high = jobType({ credits: 2, estimate_seconds: 4 })
    expect([priceOf(draft({ count: 3 }), high), estimateOf(draft({ count: 3 }), high)]).toEqual([
      6, 12,
    ])
    expect(summaryOf(draft({ count: 3 }), high)).toBe('3 pictures · 6 credits · about 12 s')
    expect(summaryOf(draft({ count: 1 }), jobType({ estimate_seconds: null }))).toBe(
      '1 picture · 1 credit',
    )
  })
})

describe('shapes', () => {
  it('go from wide to tall and keep the standard of the job type', () => {
    const own = {
      ...limits,
      width: { ...limits.width, default: 832 },
      height: { ...limits.height, default: 480 },
    }
    const names = shapesFor(own).map(({ width, height }) => `${width}x${height}`)
    expect(names).toEqual([
      '1024x576',
      '832x480',
      '1152x768',
      '1024x768',
      '1024x1024',
      '768x1024',
      '576x1024',
    ])
  })

  it('leave out what the engine cannot make', () => {
    const small = {
      ...limits,
      width: { ...limits.width, maximum: 1024 },
      height: { ...limits.height, maximum: 800 },
    }
    expect(shapesFor(small).map((shape) => shape.height)).toEqual([576, 768, 1024])
  })
})

describe('another job type', () => {
  it('drops settings that lie beyond its limits', () => {
    const narrow = jobType({
      job_type: 'image_fast',
      limits: { ...limits, steps: { ...limits.steps, maximum: 30 } },
    })
    const changed = withJobType(
      draft({ steps: 50, guidance: 2, size: { width: 111, height: 99 } }),
      narrow,
    )
    expect(changed).toMatchObject({ jobType: 'image_fast', steps: null, guidance: 2, size: null })
  })
})

it('strengths have words from keeping to ignoring', () => {
  const words = [0, 0.3, 0.5, 0.8, 1].map(strengthWords)
  expect(new Set(words).size).toBe(5)
  expect(words[0]).toMatch(/keeps/)
  expect(words[4]).toMatch(/ignores/)
  expect(new Set([0, 0.3, 0.5, 0.9, 1].map(partStrengthWords)).size).toBe(5)
})

it('rolled seeds are legal and differ', () => {
  const seeds = Array.from({ length: 20 }, randomSeed)
  expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED)).toBe(true)
  expect(new Set(seeds).size).toBeGreaterThan(15)
})

describe('a clip', () => {
  const clipType = jobType({
    job_type: 'video_fast',
    format: 'video',
    credits: 3,
    limits: clipLimits,
  })
  const picture = {
    assetId: 'a',
    url: '',
    thumbnailUrl: '/a.webp',
    width: 1024,
    height: 768,
    rating: 'general' as const,
  }
  const clip = (change: Partial<Draft> = {}) => draft({ jobType: 'video_fast', ...change })

  it('says only what the person chose', () => {
    expect(requestOf(clip({ reference: picture }), clipLimits)).toEqual({
      prompt: 'a fox',
      job_type: 'video_fast',
      count: 1,
      destination: 'workspace',
    })
  })

  it('says everything that was chosen', () => {
    const full = clip({
      firstFrame: picture,
      lastFrame: { ...picture, assetId: 'b' },
      seconds: 3,
      fps: 30,
      motion: 'zoom-in',
      motionStrength: 0,
      easing: 'linear',
      loop: true,
    })
    expect(requestOf(full, clipLimits)).toMatchObject({
      seconds: 3,
      fps: 30,
      first_frame: 'a',
      last_frame: 'b',
      motion: { kind: 'zoom-in', strength: 0, easing: 'linear', loop: true },
    })
  })

  it('has no last frame without a first one, and no such things as a picture', () => {
    const lone = clip({ lastFrame: picture, seconds: 3, motion: 'zoom-in' })
    expect(requestOf(lone, clipLimits)).not.toHaveProperty('last_frame')
    expect(Object.keys(requestOf(lone, limits))).toEqual([
      'prompt',
      'job_type',
      'count',
      'destination',
    ])
  })

  it('takes the shape of its first frame at the pixels of its own', () => {
    const { width, height } = sizeOf(clip({ firstFrame: picture }), clipLimits)
    expect(width / height).toBeCloseTo(4 / 3, 1)
    expect(Math.abs(width * height - 1280 * 720)).toBeLessThan(0.02 * 1280 * 720)
    expect(sizeOf(clip(), clipLimits)).toEqual({ width: 1280, height: 720 })
  })

  it('offers shapes by their names, larger ones where the engine makes larger ones', () => {
    expect(shapesFor(clipLimits)[0]).toEqual({ width: 1280, height: 720 })
    const large = {
      ...clipLimits,
      width: { ...clipLimits.width, default: 1920 },
      height: { ...clipLimits.height, default: 1080 },
    }
    expect(shapesFor(large)[0]).toEqual({ width: 1920, height: 1080 })
  })

  it('offers only shapes in the steps of the engine', () => {
    const wan = {
      ...clipLimits,
      width: { minimum: 64, maximum: 1280, default: 832, step: 16 },
      height: { minimum: 64, maximum: 1280, default: 480, step: 16 },
    }
    expect(shapesFor(wan).map(({ width, height }) => `${width}x${height}`)).toEqual([
      '832x480',
      '768x512',
      '704x528',
      '624x624',
      '528x704',
      '432x768',
    ])
  })

  it('is not made without a first frame where the engine needs one', () => {
    const needy = {
      ...clipType,
      limits: { ...clipLimits, clip: { ...clipLimits.clip, first_frame_required: true } },
    }
    expect(obstacle(clip(), needy)).toMatch(/first frame/)
  })

  it('is summed up with its length', () => {
    expect(summaryOf(clip(), { ...clipType, estimate_seconds: null })).toBe(
      'clip of 5 s · 3 credits',
    )
    expect(obstacle(clip(), clipType)).toBeNull()
  })

  it('forgets what another engine does not have', () => {
    const next = withJobType(clip({ motion: 'orbit', seconds: 40 }), clipType)
    expect([next.motion, next.seconds]).toEqual(['', null])
  })
})
