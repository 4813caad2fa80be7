import '@/ui/overlays.css'
import { ActionIcon, Button, Drawer } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconPlayerStop } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { sentenceOf, type JobOut } from '@/api'
import { cancelJob, tryAgain } from '@/features/jobs/actions'
import { queuedJobs, recentJobs, runningJobs, useProgress } from '@/features/jobs/queries'
import { useShowPictures } from '@/features/jobs/useShowJob'
import { previewFor, progressWords } from '@/features/workspace/grouping'
import { useKeys } from '@/keys/useKeys'
import { countOf, when } from '@/ui/format'
import { RatedTile } from '@/features/rating/RatedTile'
import { MediaTile } from '@/ui/MediaTile'
import { ErrorState } from '@/ui/States'
import classes from './Activity.module.css'

const SHOWN = 12

/** The queue as the person sees it: the same on every device, and after any reload. */
export default function ActivityDrawer({ onClose }: { onClose: () => void }) {
  useKeys({ close: onClose, activity: onClose }, { modal: true })
  const phone = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false })
  const running = useQuery(runningJobs)
  const waiting = useQuery(queuedJobs)
  const recent = useQuery(recentJobs)
  const ended = recent.data?.items ?? []
  const failed = ended.filter((job) => job.status === 'failed').slice(0, SHOWN)
  const finished = ended.filter((job) => job.status === 'completed').slice(0, SHOWN)
  const broken = running.error ?? waiting.error ?? recent.error
  return (
    <Drawer
      opened
      onClose={onClose}
      title="Activity"
      position={phone ? 'bottom' : 'right'}
      size={phone ? '85dvh' : 440}
      closeButtonProps={{ size: 44, 'aria-label': 'Close' }}
    >
      {broken ? (
        <ErrorState
          title="The activity could not be read"
          reason={sentenceOf(broken)}
          onRetry={() => void recent.refetch()}
        />
      ) : null}
      <Section title="Running" jobs={running.data?.items} none="Nothing runs just now.">
        {(job) => <ActiveJob job={job} />}
      </Section>
      <Section title="Waiting" jobs={waiting.data?.items} none="Nothing waits.">
        {(job) => <ActiveJob job={job} />}
      </Section>
      {failed.length ? (
        <Section title="Failed" jobs={failed} none="">
          {(job) => <FailedJob job={job} />}
        </Section>
      ) : null}
      <Section title="Finished" jobs={recent.data ? finished : undefined} none="Nothing yet.">
        {(job) => <FinishedJob job={job} onClose={onClose} />}
      </Section>
    </Drawer>
  )
}

function Section({
  title,
  jobs,
  none,
  children,
}: {
  title: string
  jobs: JobOut[] | undefined
  none: string
  children: (job: JobOut) => ReactNode
}) {
  return (
    <section className={classes.section}>
      <h3 className={classes.title}>
        {title} {jobs?.length ? <span>{jobs.length}</span> : null}
      </h3>
      {jobs?.length === 0 ? <p className={classes.none}>{none}</p> : null}
      <ul className={classes.list}>
        {jobs?.map((job) => (
          <li key={job.id}>{children(job)}</li>
        ))}
      </ul>
    </section>
  )
}

function ActiveJob({ job }: { job: JobOut }) {
  const client = useQueryClient()
  const progress = useProgress(job)
  const latest = job.assets.at(-1)
  return (
    <div className={classes.job}>
      <div className={classes.picture}>
        <RatedTile
          of={latest ?? job}
          fill
          width={job.width}
          height={job.height}
          alt=""
          src={latest?.thumbnail_url}
          thumbhash={latest?.thumbhash}
          preview={previewFor(progress, progress.index)}
          waiting={!latest}
        />
      </div>
      <div>
        <div className={classes.prompt}>{job.original_prompt}</div>
        <div className={classes.state} role="status">
          {progressWords(job, progress)}
        </div>
      </div>
      <ActionIcon
        size={36}
        aria-label={`Cancel: ${job.original_prompt}`}
        title="Cancel"
        onClick={() => void cancelJob(client, job.id)}
      >
        <IconPlayerStop size={18} stroke={1.7} aria-hidden />
      </ActionIcon>
      <div className={classes.track}>
        <div className={classes.value} style={{ transform: `scaleX(${progress.fraction})` }} />
      </div>
    </div>
  )
}

function FailedJob({ job }: { job: JobOut }) {
  const client = useQueryClient()
  const cancelled = job.error?.code === 'cancelled'
  return (
    <div className={classes.job}>
      <div className={classes.picture}>
        <MediaTile fill width={job.width} height={job.height} alt="" />
      </div>
      <div>
        <div className={classes.prompt}>{job.original_prompt}</div>
        <div className={classes.state}>
          {cancelled ? 'Cancelled' : <span className={classes.reason}>{job.error?.message}</span>}
          {', '}
          {when(job.completed_at ?? job.created_at)}
        </div>
      </div>
      {job.error?.retryable === false ? null : (
        <Button size="xs" variant="default" onClick={() => void tryAgain(client, job.id)}>
          Try again
        </Button>
      )}
    </div>
  )
}

function FinishedJob({ job, onClose }: { job: JobOut; onClose: () => void }) {
  const showPictures = useShowPictures()
  const first = job.assets[0]
  const show = () => {
    onClose()
    showPictures(job)
  }
  return (
    <div className={classes.job}>
      <div className={classes.picture}>
        <RatedTile
          of={first ?? job}
          fill
          width={job.width}
          height={job.height}
          alt=""
          src={first?.thumbnail_url}
          thumbhash={first?.thumbhash}
        />
      </div>
      <div>
        <div className={classes.prompt}>{job.original_prompt}</div>
        <div className={classes.state}>
          {first ? countOf(job.assets) : 'outputs discarded'}
          {', '}
          {when(job.completed_at ?? job.created_at)}
        </div>
      </div>
      {first ? (
        <Button size="xs" variant="subtle" color="gray" onClick={show}>
          Show
        </Button>
      ) : null}
    </div>
  )
}
