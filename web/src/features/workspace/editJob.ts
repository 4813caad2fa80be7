import type { JobOut } from '@/api'
import { EMPTY_DRAFT, type Draft } from './draft'

/** The draft that makes a job again with its settings, to be changed before. */
export function draftOf(job: JobOut): Draft {
  const { params } = job
  return {
    ...EMPTY_DRAFT,
    prompt: job.original_prompt,
    jobType: job.job_type,
    count: params.count,
    size: { width: params.width, height: params.height },
    seed: params.seed,
    negative: params.negative_prompt,
    steps: params.steps,
    guidance: params.guidance_scale,
    strength: params.reference?.strength ?? 0.5,
    improved: job.enhanced_prompt
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
