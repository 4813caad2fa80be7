import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { sentenceOf, type JobTypeOut } from '@/api'
import { useBalance } from '@/features/account/queries'
import { jobTypes } from '@/features/jobs/queries'
import { useDraft, type Draft } from '@/features/workspace/draft'
import { estimateOf, obstacle, priceOf, requestOf } from '@/features/workspace/request'
import { count, duration } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import classes from './book.module.css'
import { useMakeMany } from './useMakeMany'

interface MakeAllProps {
  prompts: readonly string[]
  onMade: () => void
}

/** Prompts with what all of them cost, and the making of them with the settings of the draft. */
export function MakeAll({ prompts, onMade }: MakeAllProps) {
  const draft = useDraft()
  const balance = useBalance()
  const { data: types } = useQuery(jobTypes)
  const type = types?.find((each) => each.job_type === draft.jobType)
  const drafts = prompts.map((prompt): Draft => ({ ...draft, prompt, improved: null }))
  const many = useMakeMany(drafts.map((each) => requestOf(each, type?.limits ?? null)))
  const left = prompts.length - many.done
  const hindrance = hindranceOf(drafts, type, balance, left)
  const run = async () => {
    if (!(await many.run())) return
    showToast({ text: `${count(prompts.length, 'job')} queued`, tone: 'success' })
    onMade()
  }
  return (
    <>
      <ol className={classes.prompts} tabIndex={0} aria-label="Prompts">
        {prompts.map((prompt, at) => (
          <li key={at} data-done={at < many.done || undefined}>
            {prompt}
          </li>
        ))}
      </ol>
      {many.error ? (
        <p className={classes.error} role="alert">
          {many.done ? `${count(many.done, 'job')} queued, then: ` : ''}
          {sentenceOf(many.error)}
        </p>
      ) : null}
      <div className={classes.foot}>
        <span className={classes.price} role="status">
          {many.running
            ? `Queued ${many.done} of ${prompts.length}`
            : (hindrance ?? (type ? priceSaid(draft, type, left) : ''))}
        </span>
        {many.running ? (
          <Button variant="default" onClick={many.stop}>
            Stop
          </Button>
        ) : (
          <Button disabled={hindrance !== null} onClick={() => void run()}>
            {many.done ? `Go on with ${left}` : `Make ${count(left, 'prompt')}`}
          </Button>
        )}
      </div>
    </>
  )
}

/** Why they cannot all be made, or null. */
function hindranceOf(
  drafts: readonly Draft[],
  type: JobTypeOut | undefined,
  balance: number | null,
  left: number,
): string | null {
  const one = drafts.map((each) => obstacle(each, type)).find((reason) => reason !== null)
  const [first] = drafts
  if (one || !first || !type) return one ?? 'There is nothing to make.'
  const price = priceOf(first, type) * left
  if (balance === null || price <= balance) return null
  return `All of them cost ${count(price, 'credit')} and you have ${balance.toLocaleString('en-GB')}: take fewer.`
}

/** `6 × 3 pictures · 18 credits · about 27 s`. */
function priceSaid(draft: Draft, type: JobTypeOut, number: number): string {
  const each = Math.min(draft.count, type.limits?.max_count ?? 1)
  const seconds = estimateOf(draft, type)
  return [
    `${number} × ${count(each, 'picture')}`,
    count(priceOf(draft, type) * number, 'credit'),
    seconds === null ? '' : `about ${duration(seconds * number)}`,
  ]
    .filter(Boolean)
    .join(' · ')
}
