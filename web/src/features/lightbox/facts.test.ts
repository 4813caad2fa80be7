import { describe, expect, it } from 'vitest'
import { readProvenance } from '@/api/provenance'
import {
  downloadOf,
  effectiveFacts,
  jobTypeName,
  makingFacts,
  promptsOf,
  wholeDraft,
} from './facts'
import { viewerItem } from './fixtures'

const MADE = readProvenance({
  job_type: 'sdxl_image_high',
  prompt_original: 'a lighthouse',
  prompt_final: 'a lighthouse at dusk, oil paint',
  negative_prompt: 'fog',
  seed: 7,
  steps: 25,
  guidance_scale: 1.6,
  width: 1024,
  height: 576,
  engine_id: 'sketchbook',
  engine_version: '1.0',
  model: 'Sketchbook flow model',
  unit_credits: 2,
  rewriting: { template: { name: 'sdxl plain' }, time_ms: 1400, cut: [] },
  effective: { steps: 25, subjects: ['boat'], negative_prompt: '', tiled: false },
})
const ITEM = viewerItem({ width: 1024, height: 576 })
const FILE = { bytes: 1_019_261, mimeType: 'image/png', expiresAt: null }
const byLabel = (label: string) =>
  makingFacts(ITEM, MADE, FILE, 'Sketchbook').find((fact) => fact.label === label)

const LARGE = readProvenance({
  job_type: 'sdxl_image_fast',
  prompt_original: 'a lighthouse',
  width: 2048,
  height: 1536,
  task: 'upscale',
  upscale: { source: { asset_id: 'small' }, factor: 4 },
})

describe('facts of an upscaled picture', () => {
  it('tells its size, and gives the one that it was drawn at', () => {
    const item = viewerItem({ width: 2048, height: 1536 })
    const facts = makingFacts(item, LARGE, null)
    const size = facts.find((fact) => fact.label === 'Size')
    expect(size).toMatchObject({
      value: '2048 × 1536',
      use: { size: { width: 512, height: 384 } },
    })
    expect(facts.find((fact) => fact.label === 'Upscaled')?.value).toBe('4 times')
    expect(wholeDraft(item, LARGE).size).toEqual({ width: 512, height: 384 })
  })
})

describe('facts', () => {
  it('says numbers with their meaning and lets them be used', () => {
    expect(byLabel('Seed')).toMatchObject({ value: '7', use: { seed: 7 } })
    expect(byLabel('Size')).toMatchObject({
      value: '1024 × 576',
      copy: '1024x576',
      note: '16:9',
      use: { size: { width: 1024, height: 576 } },
    })
    expect(byLabel('Steps')?.use).toEqual({ steps: 25 })
    expect(byLabel('Guidance')?.use).toEqual({ guidance: 1.6 })
    expect(byLabel('Quality')).toMatchObject({
      value: 'High quality picture',
      copy: 'sdxl_image_high',
    })
    expect(byLabel('Engine')?.value).toBe('Sketchbook 1.0')
    expect(byLabel('Template')?.value).toBe('sdxl plain')
    expect(byLabel('Price')?.value).toBe('2 credits')
    expect(byLabel('File')?.value).toBe('PNG, 1.0 MB')
  })

  it('shows what is known before the details are read', () => {
    const facts = makingFacts(ITEM, null, null)
    expect(facts.map((fact) => fact.label)).toEqual(['Seed', 'Size', 'Made'])
    expect(facts[0]?.value).toBe('42')
  })

  it('says until when a picture stays that was not kept', () => {
    const file = { ...FILE, expiresAt: '2026-11-27T10:00:00Z' }
    const until = (saved: boolean) =>
      makingFacts(viewerItem({ saved }), MADE, file).find((fact) => fact.label === 'Stays until')
    expect(until(false)?.copy).toBe('2026-11-27T10:00:00Z')
    expect(until(true)).toBeUndefined()
  })

  it('lists what the engine reported as text, without what is empty', () => {
    expect(effectiveFacts(MADE)).toEqual([
      { label: 'steps', value: '25' },
      { label: 'tiled', value: 'no' },
    ])
  })

  it('names job types that it does not know', () => {
    expect(jobTypeName('video_high')).toBe('High quality clip')
    expect(jobTypeName('odd')).toBe('Picture')
  })
})

describe('prompts', () => {
  it('shows the rewriting only where it differs', () => {
    expect(promptsOf(ITEM, MADE)).toEqual({
      original: 'a lighthouse',
      final: 'a lighthouse at dusk, oil paint',
      negative: 'fog',
    })
    expect(
      promptsOf(viewerItem({ enhancedPrompt: 'a lighthouse in a storm ' }), null).final,
    ).toBeNull()
  })

  it('go into a draft with everything else', () => {
    expect(wholeDraft(ITEM, MADE)).toMatchObject({
      prompt: 'a lighthouse',
      improved: { source: 'a lighthouse', text: 'a lighthouse at dusk, oil paint', inUse: true },
      jobType: 'sdxl_image_high',
      size: { width: 1024, height: 576 },
      seed: 7,
      negative: 'fog',
      steps: 25,
      guidance: 1.6,
      reference: null,
    })
  })
})

describe('download', () => {
  it('goes to the file, or to the library with its name', () => {
    expect(downloadOf(ITEM)).toEqual({ href: '/api/files/p1.png', download: 'fabula-p1.png' })
    expect(downloadOf(viewerItem({ kind: 'kept', mimeType: 'image/webp' }))).toEqual({
      href: '/api/library/assets/p1/download',
      download: 'fabula-p1.webp',
    })
  })
})
