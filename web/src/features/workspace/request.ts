import type { ClipLimitsOut, JobIn, JobTypeOut, LimitsOut, MotionIn } from '@/api'
import { count, duration, lengthOf } from '@/ui/format'
import { grown, NO_EXTENSION } from '@/features/masking/sides'
import type { Draft, DraftPart } from './draft'
import { familyOf, fits } from './loras'

export interface Shape {
  width: number
  height: number
}

/** Shapes that are offered, wide to tall; those beyond an engine's limits are left out. */
const SHAPES: readonly Shape[] = [
  { width: 1024, height: 576 },
  { width: 1152, height: 768 },
  { width: 1024, height: 768 },
  { width: 1024, height: 1024 },
  { width: 768, height: 1024 },
  { width: 576, height: 1024 },
]

/** Shapes of clips, wide to tall; each engine has them at as many pixels as its own shape. */
const CLIP_RATIOS: readonly Shape[] = [
  { width: 16, height: 9 },
  { width: 3, height: 2 },
  { width: 4, height: 3 },
  { width: 1, height: 1 },
  { width: 3, height: 4 },
  { width: 9, height: 16 },
]

/** Denoise strengths that a reference begins with: all of it, and where only a part is drawn anew. */
export const STRENGTH = 0.5
export const STRENGTH_IN_PART = 0.9
export const MAX_SEED = 2 ** 31 - 1
export const MAX_PROMPT = 4000

const standard = (limits: LimitsOut): Shape => ({
  width: limits.width.default,
  height: limits.height.default,
})

const same = (a: Shape, b: Shape): boolean => a.width === b.width && a.height === b.height

/** Whether two shapes look the same, as 832 × 480 does beside 16:9. */
const alike = (a: Shape, b: Shape): boolean =>
  Math.abs((a.width * b.height) / (a.height * b.width) - 1) < 0.04

const toStep = (side: number, { step }: { step: number }): number => Math.round(side / step) * step

/** The size of a ratio that is exact in the steps of an engine, and has the most nearly its pixels. */
function sizeAt(ratio: Shape, limits: LimitsOut): Shape {
  const width = ratio.width * limits.width.step
  const height = ratio.height * limits.height.step
  const own = standard(limits)
  const times = Math.max(1, Math.round(Math.sqrt((own.width * own.height) / (width * height))))
  return { width: width * times, height: height * times }
}

/** The shapes that a job type offers, its own standard among them. */
export function shapesFor(limits: LimitsOut): Shape[] {
  if (limits.sizes.length) {
    return [...limits.sizes].sort((a, b) => b.width / b.height - a.width / a.height)
  }
  const own = standard(limits)
  const shapes = limits.clip
    ? CLIP_RATIOS.map((ratio) => sizeAt(ratio, limits)).filter((shape) => !alike(shape, own))
    : SHAPES
  const fits = shapes.filter(
    ({ width, height }) =>
      width >= limits.width.minimum &&
      width <= limits.width.maximum &&
      height >= limits.height.minimum &&
      height <= limits.height.maximum,
  )
  const all = fits.some((shape) => same(shape, own)) ? fits : [...fits, own]
  return all.sort((a, b) => b.width / b.height - a.width / a.height)
}

/** The part of the reference that a draft draws anew, where it makes a picture. */
export const partOf = (draft: Draft, limits: LimitsOut | null): DraftPart | null =>
  draft.reference && !limits?.clip ? draft.part : null

/**
 * The size that a draft gives: a clip without one takes the shape of its first frame, and a picture
 * of which a part is drawn anew is as large as it is and grows.
 */
export function sizeOf(draft: Draft, limits: LimitsOut | null): Shape {
  const part = partOf(draft, limits)
  if (part && draft.reference) return grown(draft.reference, part.extend ?? NO_EXTENSION)
  if (draft.size) return draft.size
  if (!limits) return { width: 1024, height: 1024 }
  const own = standard(limits)
  const frame = limits.clip ? draft.firstFrame : null
  if (!frame) return own
  const width = Math.sqrt((own.width * own.height * frame.width) / frame.height)
  return {
    width: toStep(width, limits.width),
    height: toStep((own.width * own.height) / width, limits.height),
  }
}

/** The rewriting that is made from, or null; a rewriting of other words does not count. */
export function rewritingInUse(draft: Draft): string | null {
  const { improved } = draft
  if (!improved?.inUse || !improved.text.trim()) return null
  return improved.source === draft.prompt.trim() ? improved.text.trim() : null
}

/** The request for a draft. Only what the person chose is sent; the rest is the job type's. */
export function requestOf(draft: Draft, limits: LimitsOut | null): JobIn {
  const body: JobIn = {
    prompt: draft.prompt.trim(),
    job_type: draft.jobType,
    count: Math.min(draft.count, limits?.max_count ?? 1),
    destination: 'workspace',
  }
  const rewritten = rewritingInUse(draft)
  if (rewritten) body.enhanced_prompt = rewritten
  if (draft.seed !== null) body.seed = draft.seed
  const part = partOf(draft, limits)
  if (draft.size && !part)
    Object.assign(body, { width: draft.size.width, height: draft.size.height })
  if (draft.steps !== null) body.steps = draft.steps
  if (draft.guidance !== null) body.guidance_scale = draft.guidance
  if (draft.engine) body.engine = draft.engine
  if (draft.model && limits?.models.includes(draft.model)) body.model = draft.model
  if (limits?.schedulers.includes(draft.scheduler)) body.scheduler = draft.scheduler
  if (limits?.loras && draft.loras.length) {
    body.loras = draft.loras.map(({ name, weight }) => ({ name, weight }))
  }
  if (draft.negative.trim()) body.negative_prompt = draft.negative.trim()
  if (Object.values(draft.controls).some(Boolean)) body.controls = draft.controls
  if (draft.preset) body.preset_id = draft.preset
  if (limits?.clip) Object.assign(body, clipPart(draft, limits.clip))
  else if (draft.reference) {
    body.reference = { asset_id: draft.reference.assetId, strength: draft.strength }
    if (part?.maskId) body.reference.mask = part.maskId
    if (part?.extend) body.reference.extend = part.extend
  }
  return body
}

/** What only a clip has. */
function clipPart(draft: Draft, limits: ClipLimitsOut): Partial<JobIn> {
  const part: Partial<JobIn> = {}
  if (draft.seconds !== null) part.seconds = draft.seconds
  if (draft.fps !== null) part.fps = draft.fps
  if (draft.firstFrame && limits.first_frame) part.first_frame = draft.firstFrame.assetId
  if (draft.firstFrame && draft.lastFrame && limits.last_frame) {
    part.last_frame = draft.lastFrame.assetId
  }
  const motion: MotionIn = {}
  if (draft.motion) motion.kind = draft.motion
  if (draft.motionStrength !== null) motion.strength = draft.motionStrength
  if (draft.easing) motion.easing = draft.easing
  if (draft.loop) motion.loop = true
  if (limits.motion && Object.keys(motion).length > 0) part.motion = motion
  return part
}

/**
 * Why a draft cannot be made, or null. `balance` is what can be spent, in credits; null where jobs
 * are not paid.
 */
export function obstacle(
  draft: Draft,
  type: JobTypeOut | undefined,
  balance: number | null = null,
): string | null {
  if (!draft.prompt.trim()) return 'Say what to make first.'
  if (draft.prompt.length > MAX_PROMPT) return `A prompt has at most ${MAX_PROMPT} characters.`
  if (!type) return 'This kind of job is not known here.'
  if (!type.available) return `${type.reason} ${type.remedy}`.trim()
  if (type.format === 'image' && draft.reference && type.limits?.image_to_image === false) {
    return 'This engine cannot start from a picture: take the reference out.'
  }
  if (partOf(draft, type.limits) && type.limits?.inpainting === false) {
    return 'This engine cannot draw a part of a picture anew: take all of it, or choose another engine.'
  }
  if (type.format === 'image' && !draft.reference && type.limits?.reference_required) {
    return 'This engine starts from a picture: add a reference.'
  }
  if (type.limits?.clip?.first_frame_required && !draft.firstFrame) {
    return 'This engine starts from a picture: add a first frame.'
  }
  const family = familyOf(draft, type)
  const misfit = type.limits?.loras && draft.loras.find((lora) => !fits(lora.family, family))
  if (misfit) return `${misfit.name} does not fit the chosen model: take it out under LoRAs.`
  const price = priceOf(draft, type)
  if (balance !== null && price > balance) {
    return `This costs ${count(price, 'credit')} and you have ${balance.toLocaleString('en-GB')}: make fewer, or ask an admin for more.`
  }
  return null
}

/** Credits of a draft. */
export function priceOf(draft: Draft, type: JobTypeOut): number {
  return type.credits * Math.min(draft.count, type.limits?.max_count ?? 1)
}

/** Seconds that a draft will take, from what was measured here, or null. */
export function estimateOf(draft: Draft, type: JobTypeOut): number | null {
  if (type.estimate_seconds === null) return null
  return type.estimate_seconds * Math.min(draft.count, type.limits?.max_count ?? 1)
}

/** What pressing Make will do: `3 pictures · 3 credits · about 4 s`. */
export function summaryOf(draft: Draft, type: JobTypeOut): string {
  const seconds = estimateOf(draft, type)
  const { limits } = type
  const parts = [
    limits?.clip
      ? `clip of ${lengthOf(draft.seconds ?? limits.clip.seconds.default)}`
      : count(Math.min(draft.count, limits?.max_count ?? 1), 'picture'),
    count(priceOf(draft, type), 'credit'),
    seconds === null ? '' : `about ${duration(seconds)}`,
    rewritingInUse(draft) ? 'improved words' : '',
  ]
  return parts.filter(Boolean).join(' · ')
}

/** A draft after another job type was chosen: settings beyond its limits fall back to its own. */
export function withJobType(draft: Draft, type: JobTypeOut): Draft {
  const { limits } = type
  const within = (value: number | null, range: { minimum: number; maximum: number } | undefined) =>
    value !== null && range && value >= range.minimum && value <= range.maximum ? value : null
  const sizeFits =
    limits && draft.size && shapesFor(limits).some((s) => draft.size && same(s, draft.size))
  return {
    ...draft,
    jobType: type.job_type,
    size: sizeFits ? draft.size : null,
    steps: within(draft.steps, limits?.steps),
    guidance: within(draft.guidance, limits?.guidance_scale),
    seconds: within(draft.seconds, limits?.clip?.seconds),
    fps: within(draft.fps, limits?.clip?.fps),
    motion: limits?.clip && !limits.clip.motion?.kinds.includes(draft.motion) ? '' : draft.motion,
  }
}

/** What a strength does within the part that is drawn anew, in words. */
export function partStrengthWords(strength: number): string {
  if (strength < 0.15) return 'leaves it almost as it is'
  if (strength < 0.4) return 'changes details'
  if (strength < 0.65) return 'keeps the shapes'
  if (strength < 0.95) return 'draws it anew, near to what was there'
  return 'forgets what was there'
}

/** What a strength does to a reference, in words. 0 keeps it, 1 ignores it. */
export function strengthWords(strength: number): string {
  if (strength < 0.15) return 'keeps it almost as it is'
  if (strength < 0.4) return 'keeps the picture, changes details'
  if (strength < 0.65) return 'keeps the layout, redraws the rest'
  if (strength < 0.9) return 'takes only a hint of it'
  return 'ignores it nearly'
}

export function randomSeed(): number {
  const [value = 0] = crypto.getRandomValues(new Uint32Array(1))
  return value % MAX_SEED
}
