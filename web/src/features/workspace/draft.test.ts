import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { job, jobType } from '../../../tests/fixtures'
import {
  EMPTY_DRAFT,
  getDraft,
  keepDraft,
  openDraft,
  patchDraft,
  readDraft,
  resetDraft,
} from './draft'
import { draftOf } from './editJob'
import { missingTypes } from './missing'

beforeEach(resetDraft)
afterEach(() => vi.useRealTimers())

describe('the draft', () => {
  it('is kept for its session and found again', () => {
    vi.useFakeTimers()
    openDraft('storm')
    patchDraft({ prompt: 'a lighthouse' })
    vi.runAllTimers()
    resetDraft()
    openDraft('calm')
    expect(getDraft().prompt).toBe('')
    openDraft('storm')
    expect(getDraft().prompt).toBe('a lighthouse')
  })

  it('takes what was put into it before its session was known', () => {
    patchDraft({ prompt: 'an owl' })
    openDraft('storm')
    expect(getDraft().prompt).toBe('an owl')
  })

  it('survives what it cannot read', () => {
    expect(readDraft('not JSON')).toEqual(EMPTY_DRAFT)
    expect(readDraft('{"prompt": 7, "count": 2, "jobType": null}')).toEqual({
      ...EMPTY_DRAFT,
      count: 2,
    })
  })

  it('lives on where nothing can be stored', () => {
    openDraft('storm')
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    patchDraft({ prompt: 'a fox' })
    expect(keepDraft).not.toThrow()
    expect(getDraft().prompt).toBe('a fox')
  })
})

describe('the draft of a job', () => {
  it('leaves unsaid what is the job type’s own', () => {
    const made = job(1, { width: 1024, height: 1024 })
    made.params = { ...made.params, width: 1024, height: 1024, steps: 15, guidance_scale: 3 }
    expect(draftOf(made, jobType())).toMatchObject({
      size: null,
      steps: null,
      guidance: 3,
      seed: 7,
    })
  })

  it('uses the rewriting that it was made from', () => {
    const made = draftOf(job(1, { enhanced_prompt: 'a red fox in soft light' }), undefined)
    expect(made.improved).toMatchObject({ text: 'a red fox in soft light', inUse: true })
  })
})

it('job types with the same remedy are told of together', () => {
  const away = (name: string, reason: string) =>
    jobType({ job_type: name, available: false, reason, remedy: 'Connect a WAN engine.' })
  expect(
    missingTypes([
      jobType(),
      away('video_fast', 'No engine for video_fast.'),
      away('video_high', 'No engine for video_high.'),
    ]),
  ).toEqual([{ names: ['video_fast', 'video_high'], sentence: 'Connect a WAN engine.' }])
  expect(missingTypes([away('video_fast', 'No engine.')])[0]?.sentence).toBe(
    'No engine. Connect a WAN engine.',
  )
})
