import { useQuery } from '@tanstack/react-query'
import type { LimitsOut } from '@/api'
import { jobTypes } from '@/features/jobs/queries'
import { EMPTY_DRAFT, useDraft, type Draft } from '@/features/workspace/draft'
import { typeFor } from '@/features/workspace/engine'

/** The job type by which a picture of the draft is made: of a clip's draft the usual one. */
export const pictureType = ({ jobType }: Draft): string =>
  jobType.startsWith('video') ? EMPTY_DRAFT.jobType : jobType

/** The limits of the draft's engine where it can draw a part of a picture anew, else null. */
export function usePaintLimits(): LimitsOut | null {
  const draft = useDraft()
  const { data: types } = useQuery(jobTypes)
  const name = pictureType(draft)
  const own = name === draft.jobType ? draft : { ...draft, engine: '' }
  const type = typeFor(
    own,
    types?.find((each) => each.job_type === name),
  )
  return type?.available && type.limits?.inpainting ? type.limits : null
}
