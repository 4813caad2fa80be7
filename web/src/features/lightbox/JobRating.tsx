import '@mantine/core/styles/Rating.css'
import { Button, Rating } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { sdk, sentenceOf } from '@/api'
import { keys } from '@/api/keys'
import { oneJob } from '@/features/jobs/queries'
import { showToast } from '@/ui/toastStore'
import classes from './Details.module.css'

/** Half stars, so that five of them are ten steps. */
const STEPS_PER_STAR = 2
/** Where a star is pressed by a finger. */
const TOUCHED = '(pointer: coarse), (max-width: 47.99em)'

/** How good a person finds what a job made. It counts for the preset and the weights behind it. */
export function JobRating({ jobId }: { jobId: string }) {
  const client = useQueryClient()
  const touched = useMediaQuery(TOUCHED, false, { getInitialValueInEffect: false })
  const { data: job } = useQuery(oneJob(jobId))
  const { mutate, isPending } = useMutation({
    mutationFn: (quality: number | null) =>
      sdk.rateJob({ path: { job_id: jobId }, body: { quality } }),
    onSuccess: (rated) => {
      client.setQueryData(keys.job(jobId), rated)
      void client.invalidateQueries({ queryKey: keys.jobs })
    },
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
  })
  if (job?.status !== 'completed') return null
  const quality = job.quality_rating
  return (
    <section className={classes.rating} aria-label="Your rating">
      <h3 className={classes.name}>Your rating</h3>
      <Rating
        size={touched ? 44 : 'lg'}
        color="lamp"
        fractions={STEPS_PER_STAR}
        readOnly={isPending}
        value={(quality ?? 0) / STEPS_PER_STAR}
        onChange={(stars) => mutate(stars * STEPS_PER_STAR)}
        getSymbolLabel={(stars) => `${stars * STEPS_PER_STAR} of 10`}
      />
      {quality === null ? null : (
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          disabled={isPending}
          onClick={() => mutate(null)}
        >
          Take back
        </Button>
      )}
    </section>
  )
}
