import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useBalance } from '@/features/account/queries'
import { jobTypes } from '@/features/jobs/queries'
import { useKeys } from '@/keys/useKeys'
import classes from './WorkspacePage.module.css'
import composer from './Composer.module.css'
import { useDraft } from './draft'
import { obstacle, summaryOf } from './request'
import { useMakeDraft } from './useMakeDraft'

/** The prompt in a line, while the whole of it is out of sight. */
export function SlimBar({ onWrite }: { onWrite: () => void }) {
  return (
    <div className={classes.slim}>
      <PromptLine onWrite={onWrite} withSummary />
    </div>
  )
}

/** The prompt in reach of the thumb. */
export function Dock({ onWrite }: { onWrite: () => void }) {
  return (
    <div className={classes.dock}>
      <PromptLine onWrite={onWrite} size="lg" keyed />
    </div>
  )
}

function PromptLine({
  onWrite,
  withSummary = false,
  keyed = false,
  size = 'sm',
}: {
  onWrite: () => void
  withSummary?: boolean
  keyed?: boolean
  size?: 'sm' | 'lg'
}) {
  const draft = useDraft()
  const balance = useBalance()
  const { data: types } = useQuery(jobTypes)
  const type = types?.find((each) => each.job_type === draft.jobType)
  const { make, pending } = useMakeDraft(type, () => window.scrollTo({ top: 0 }))
  useKeys({ make }, { enabled: keyed })
  return (
    <>
      <button type="button" className={classes.slimPrompt} onClick={onWrite}>
        {draft.prompt || 'What should be made?'}
      </button>
      {withSummary && type ? (
        <span className={composer.summary}>{summaryOf(draft, type)}</span>
      ) : null}
      <Button
        size={size}
        h={size === 'lg' ? 48 : undefined}
        loading={pending}
        disabled={obstacle(draft, type, balance) !== null}
        onClick={make}
      >
        Make
      </Button>
    </>
  )
}
