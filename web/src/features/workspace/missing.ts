import type { JobTypeOut } from '@/api'

export interface Missing {
  names: string[]
  sentence: string
}

/** The job types that cannot be made here, those with the same remedy together. */
export function missingTypes(types: readonly JobTypeOut[]): Missing[] {
  const groups = Map.groupBy(
    types.filter((type) => !type.available),
    (type) => type.remedy,
  )
  return [...groups].map(([remedy, group]) => {
    // Reasons that name their own type say nothing that the list of names does not.
    const reasons = new Set(group.map((type) => type.reason))
    const [reason = ''] = reasons
    return {
      names: group.map((type) => type.job_type),
      sentence: reasons.size === 1 || !remedy ? `${reason} ${remedy}`.trim() : remedy,
    }
  })
}
