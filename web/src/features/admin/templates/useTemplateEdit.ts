import { useSessionStorage } from '@mantine/hooks'
import type { VersionOut } from '@/api'

/** What is written of a template and not saved yet. */
export interface Edit {
  /** The newest version that its author has seen. */
  basedOn: number
  text: string
  limit: number | null
  description: string
  comment: string
}

/** A version as it stands in the editor. */
export const editOf = (version: VersionOut): Edit => ({
  basedOn: version.number,
  text: version.system_prompt,
  limit: version.token_limit,
  description: version.description ?? '',
  comment: version.comment ?? '',
})

/** Whether two texts with their limits and remarks say the same. */
export const saysTheSame = (a: Edit, b: Edit): boolean =>
  a.text === b.text &&
  a.limit === b.limit &&
  a.description === b.description &&
  a.comment === b.comment

/**
 * What a person writes of a template. It survives a reload and a look at another page, until it is
 * saved or dropped.
 */
export function useTemplateEdit(templateId: string, latest: VersionOut) {
  const [kept, setKept] = useSessionStorage<Edit | null>({
    key: `fabula.template.${templateId}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  })
  const saved = editOf(latest)
  const edit = kept ?? saved
  return {
    edit,
    /** Whether there is something to save. */
    dirty: !saysTheSame(edit, saved),
    /** Somebody else saved a version that this is not based on. */
    overtaken: kept !== null && kept.basedOn < latest.number && !saysTheSame(kept, saved),
    change: (part: Partial<Edit>) => setKept({ ...edit, ...part }),
    drop: () => setKept(null),
  }
}
