import type { ClipParamsOut, JobOut, JobTypeOut, LimitsOut } from '@/api'
import { EMPTY_DRAFT, type Draft } from './draft'
import { typeFor } from './engine'
import { readLoras } from './loras'

/**
 * The draft that makes a job again, to be changed before. Settings that are the job type's own stay
 * unsaid, so that they follow it.
 */
export function draftOf(job: JobOut, type: JobTypeOut | undefined): Draft {
  const { params } = job
  const made = job.engine && job.engine.id !== type?.engine?.id ? job.engine.id : ''
  const engine = type?.engines.some(({ id }) => id === made) ? made : ''
  const limits = (type && typeFor({ ...EMPTY_DRAFT, engine }, type)?.limits) ?? null
  const own = (value: number, standard: number | undefined) => (value === standard ? null : value)
  // An upscale is edited as the picture that it came from.
  const factor = params.upscale?.factor ?? 1
  const size = { width: params.width / factor, height: params.height / factor }
  const ownSize = size.width === limits?.width.default && size.height === limits.height.default
  const rewritten = job.enhanced_prompt !== null && job.strategy !== 'finished'
  return {
    ...EMPTY_DRAFT,
    prompt: job.original_prompt,
    jobType: job.job_type,
    count: params.count,
    size: ownSize || params.clip?.first_frame ? null : size,
    seed: params.seed,
    engine,
    model: params.upscale ? '' : (params.model ?? ''),
    scheduler: params.scheduler ?? '',
    loras: readLoras(params.loras),
    negative: params.negative_prompt,
    steps: own(params.steps, limits?.steps.default),
    guidance: own(params.guidance_scale, limits?.guidance_scale.default),
    strength: params.reference?.strength ?? EMPTY_DRAFT.strength,
    ...clipPart(params.clip, limits),
    // A rewriting has the words of the controls in it already.
    controls: rewritten ? {} : params.controls,
    improved:
      rewritten && job.enhanced_prompt
        ? {
            source: job.original_prompt,
            text: job.enhanced_prompt,
            inUse: true,
            notes: [],
            cut: [],
            by: 'as it was made',
          }
        : null,
  }
}

function clipPart(clip: ClipParamsOut | null, limits: LimitsOut | null): Partial<Draft> {
  if (!clip) return {}
  const own = (value: number, standard: number | undefined) => (value === standard ? null : value)
  return {
    seconds: own(clip.seconds, limits?.clip?.seconds.default),
    fps: own(clip.fps, limits?.clip?.fps.default),
    motion: clip.motion?.kind ?? '',
    motionStrength: clip.motion?.strength ?? null,
    easing: clip.motion?.easing ?? '',
    loop: clip.motion?.loop ?? false,
  }
}
