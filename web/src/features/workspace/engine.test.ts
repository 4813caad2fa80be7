import { describe, expect, it } from 'vitest'
import { jobType, limits } from '../../../tests/fixtures'
import { EMPTY_DRAFT } from './draft'
import { typeFor } from './engine'
import { obstacle, requestOf, shapesFor } from './request'

const cloud = {
  id: 'openai-images-cloud',
  name: 'Cloud',
  stand_in: false,
  summary: '',
  model: 'meadow-1',
  limits: {
    ...limits,
    seeds: false,
    reference_required: true,
    sizes: [
      { width: 1024, height: 1536 },
      { width: 1536, height: 1024 },
    ],
    models: ['meadow-1', 'harbour-2'],
  },
}
const type = jobType({ engines: [...jobType().engines, cloud] })
const draft = { ...EMPTY_DRAFT, prompt: 'a fox', engine: cloud.id }

describe('the engine of a draft', () => {
  it('brings its own limits', () => {
    const effective = typeFor(draft, type)
    expect(effective?.engine?.name).toBe('Cloud')
    expect(effective?.limits && shapesFor(effective.limits)).toEqual([
      { width: 1536, height: 1024 },
      { width: 1024, height: 1536 },
    ])
    expect(effective?.estimate_seconds).toBeNull()
    expect(obstacle(draft, effective)).toContain('add a reference')
  })

  it('is said only where it was chosen, and so are names that it has', () => {
    expect(requestOf({ ...draft, model: 'harbour-2' }, cloud.limits)).toMatchObject({
      engine: cloud.id,
      model: 'harbour-2',
    })
    expect(requestOf({ ...draft, model: 'gone' }, cloud.limits)).not.toHaveProperty('model')
    expect(requestOf({ ...draft, engine: '' }, limits)).not.toHaveProperty('engine')
  })

  it('is not replaced by another one when it is gone', () => {
    const effective = typeFor(draft, jobType())
    expect(effective?.available).toBe(false)
    expect(obstacle(draft, effective)).toContain('not there now')
  })
})
