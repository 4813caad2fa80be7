import { ActionIcon, Button } from '@mantine/core'
import {
  IconAlertTriangle,
  IconBookmarks,
  IconCopy,
  IconDots,
  IconInfoCircle,
  IconPencil,
  IconPlayerStop,
  IconRefresh,
  IconTrash,
  IconX,
  type Icon,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { memo } from 'react'
import type { AssetRef, JobOut } from '@/api'
import { cancelJob, tryAgain } from '@/features/jobs/actions'
import { useProgress } from '@/features/jobs/queries'
import { copyText } from '@/ui/copyText'
import { lengthOf, ratioName, when } from '@/ui/format'
import { Tip } from '@/ui/Tip'
import { Card, CardInMaking } from './Card'
import { cellsOf, layoutOf, gridColumns, progressWords } from './grouping'
import classes from './JobGroup.module.css'
import type { StagedActions } from './useStagedActions'

interface JobGroupProps {
  job: JobOut
  width: number
  retentionDays: number
  actions: StagedActions
  on: JobHandlers
}

/** What the page around a job does for it. */
export interface JobHandlers {
  open: (assetId: string) => void
  /** A long press on a picture, or the whole job's menu on a phone. */
  menu: (job: JobOut, asset: AssetRef | null) => void
  edit: (job: JobOut) => void
  hide: (jobId: string) => void
}

/** A job with its pictures: what was asked, how it goes, what came of it. */
export const JobGroup = memo(function JobGroup(props: JobGroupProps) {
  const { job, actions } = props
  const progress = useProgress(job)
  const cells = cellsOf(job, progress)
  const layout = layoutOf(props.width, cells.length, job.width / job.height)
  return (
    <article className={classes.group} aria-label={job.original_prompt}>
      <GroupHead {...props} live={isActive(job) ? progressWords(job, progress) : null} />
      {cells.length ? (
        <div className={classes.cards} style={gridColumns(layout)}>
          {cells.map((cell) =>
            cell.asset ? (
              <Card key={cell.index} {...props} asset={cell.asset} actions={actions} />
            ) : (
              <CardInMaking key={cell.index} job={job} cell={cell} progress={progress} />
            ),
          )}
        </div>
      ) : null}
      {job.status === 'failed' ? <Failed job={job} onHide={props.on.hide} /> : null}
      {job.warnings.map((note) => (
        <p key={note.code + note.message} className={classes.notes}>
          <IconInfoCircle size={15} aria-hidden /> {note.message}
        </p>
      ))}
    </article>
  )
})

const isActive = (job: JobOut): boolean => job.status === 'queued' || job.status === 'processing'

function GroupHead({ job, live, actions, on }: JobGroupProps & { live: string | null }) {
  const client = useQueryClient()
  const facts = [
    when(job.created_at),
    `${ratioName(job.width, job.height)}, ${job.width} × ${job.height}`,
    job.quality,
    `seed ${job.params.seed}`,
    job.enhanced_prompt ? 'improved prompt' : '',
    job.params.upscale ? `upscaled ${job.params.upscale.factor} ×` : '',
    job.params.reference ? 'from a reference' : '',
    job.params.clip ? lengthOf(job.params.clip.seconds) : '',
    job.params.clip?.first_frame ? 'from a picture' : '',
    job.params.clip?.motion?.kind?.replaceAll('-', ' ') ?? '',
    job.engine?.name ?? '',
  ]
  return (
    <header className={classes.head}>
      <div className={classes.words}>
        <div className={classes.prompt} title={job.original_prompt}>
          {job.original_prompt}
        </div>
        <div className={classes.meta}>
          {live ? (
            <span className={classes.live} role="status">
              {live}
            </span>
          ) : null}
          {facts.filter(Boolean).map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
        </div>
      </div>
      <div className={classes.menu}>
        {isActive(job) ? (
          <Tool icon={IconPlayerStop} label="Cancel" run={() => void cancelJob(client, job.id)} />
        ) : null}
        <Tool icon={IconDots} label="More" run={() => on.menu(job, null)} />
      </div>
      <div className={classes.tools}>
        {isActive(job) ? (
          <Tool icon={IconPlayerStop} label="Cancel" run={() => void cancelJob(client, job.id)} />
        ) : (
          <Tool icon={IconRefresh} label="Make again" run={() => actions.again(job)} />
        )}
        <Tool icon={IconPencil} label="Edit and make" run={() => on.edit(job)} />
        <Tool
          icon={IconCopy}
          label="Copy the prompt"
          run={() => void copyText(job.original_prompt, 'Prompt copied')}
        />
        {job.assets.length > 1 ? (
          <>
            <Tool icon={IconBookmarks} label="Keep all" run={() => actions.keepAll(job)} />
            <Tool
              icon={IconTrash}
              label="Discard all"
              run={() => actions.discard(job, job.assets)}
            />
          </>
        ) : null}
      </div>
    </header>
  )
}

function Tool({ icon: Picture, label, run }: { icon: Icon; label: string; run: () => void }) {
  return (
    <Tip label={label} side="aboveEnd">
      <ActionIcon className={classes.tool} size={32} aria-label={label} onClick={run}>
        <Picture size={17} stroke={1.7} aria-hidden />
      </ActionIcon>
    </Tip>
  )
}

function Failed({ job, onHide }: { job: JobOut; onHide: (id: string) => void }) {
  const client = useQueryClient()
  const cancelled = job.error?.code === 'cancelled'
  return (
    <div className={classes.failed} role="group" aria-label="What went wrong">
      {cancelled ? null : <IconAlertTriangle size={20} aria-hidden />}
      <p>
        {cancelled ? 'Cancelled.' : 'This could not be made.'}{' '}
        <span className={classes.reason}>{cancelled ? '' : job.error?.message}</span>
      </p>
      {job.error?.retryable === false ? null : (
        <Button variant="default" size="xs" onClick={() => void tryAgain(client, job.id)}>
          Try again
        </Button>
      )}
      <Tip label="Hide" side="aboveEnd">
        <ActionIcon aria-label="Hide" onClick={() => onHide(job.id)}>
          <IconX size={17} aria-hidden />
        </ActionIcon>
      </Tip>
    </div>
  )
}
