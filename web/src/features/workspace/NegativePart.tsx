import { CloseButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { JobTypeOut } from '@/api'
import { negativePrompt } from '@/features/jobs/queries'
import classes from './Composer.module.css'
import { patchDraft, type Draft } from './draft'

/** What should not be in the picture; the studio's own list is added and shown. */
export function NegativePart({
  draft,
  type,
  onClose,
}: {
  draft: Draft
  type: JobTypeOut | undefined
  onClose: () => void
}) {
  const base = useQuery({ ...negativePrompt(draft.jobType), enabled: type !== undefined })
  return (
    <div className={classes.part}>
      <div className={classes.partHead}>
        <strong>Negative prompt</strong> what to leave out
        <span className={classes.spacer} />
        <CloseButton size="sm" aria-label="Remove the negative prompt" onClick={onClose} />
      </div>
      <textarea
        className={classes.negative}
        aria-label="Negative prompt"
        placeholder="rain, people"
        rows={1}
        value={draft.negative}
        onChange={(event) => patchDraft({ negative: event.currentTarget.value })}
      />
      {base.data?.base_negative_prompt ? (
        <p className={classes.hint}>Always left out here: {base.data.base_negative_prompt}</p>
      ) : null}
    </div>
  )
}
