import { VisuallyHidden } from '@mantine/core'
import { useElementSize, useInViewport, useMediaQuery } from '@mantine/hooks'
import { IconBrush } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { sdk, sentenceOf, type AssetRef, type JobOut } from '@/api'
import { keys } from '@/api/keys'
import { me } from '@/features/account/queries'
import type { JobPages } from '@/features/jobs/cache'
import { dismissJob } from '@/features/jobs/actions'
import { jobTypes, workspaceJobs } from '@/features/jobs/queries'
import { useKeys } from '@/keys/useKeys'
import { isClip } from '@/ui/format'
import { focusedAssetId, moveFocus } from '@/ui/gridNavigation'
import { EmptyState, ErrorState } from '@/ui/States'
import { useStable } from '@/ui/useStable'
import { Composer } from './Composer'
import { composerSheet, useComposerSheet } from './composerSheet'
import { useDiscarded } from './discarding'
import { keepDraft, openDraft, patchDraft } from './draft'
import { draftOf } from './editJob'
import { EXAMPLES } from './examples'
import { mayHaveMore, rowsOf, type Row } from './grouping'
import { GuestPage } from './GuestPage'
import { JobGroup, type JobHandlers } from './JobGroup'
import { JobList } from './JobList'
import { MakingGroups } from './MakingGroups'
import { focusPrompt } from './promptFocus'
import { SessionBar } from './SessionBar'
import { Dock, SlimBar } from './SlimBar'
import { StandInNote } from './StandInNote'
import { useStagedActions } from './useStagedActions'
import { findAsset } from './viewer'
import { useOpenPicture } from './useOpenPicture'
import { Viewer } from './Viewer'
import { WorkspaceSkeleton } from './WorkspaceSkeleton'
import classes from './WorkspacePage.module.css'

const ComposerSheet = lazy(() => import('./ComposerSheet'))
const CardMenu = lazy(() => import('./CardMenu'))
const RETENTION = 7

/** The workspace: what is made next, and what was made in the last days. Guests make nothing. */
export function WorkspacePage() {
  const { data: account } = useSuspenseQuery(me)
  return (
    <main className={classes.page}>
      <VisuallyHidden component="h1">Workspace</VisuallyHidden>
      {account.shared ? <GuestPage /> : <Workspace />}
    </main>
  )
}

function Workspace() {
  const phone = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false })
  const workspace = useQuery({ queryKey: keys.workspace, queryFn: () => sdk.getWorkspace() })
  const sessionId = workspace.data?.session.id
  const all = useSearch({ from: '/studio/workspace', select: ({ session }) => session === 'all' })
  useEffect(() => {
    if (sessionId) openDraft(sessionId)
  }, [sessionId])
  useEffect(() => {
    window.addEventListener('pagehide', keepDraft)
    return () => window.removeEventListener('pagehide', keepDraft)
  }, [])
  useEffect(() => composerSheet.close, [])
  const { data: madeBefore = false } = useInfiniteQuery({ ...workspaceJobs, select: madeAny })
  const { ref: composerRef, inViewport } = useInViewport<HTMLDivElement>()
  const sheet = useComposerSheet()
  const write = useCallback(() => {
    if (phone) composerSheet.open()
    else {
      window.scrollTo({ top: 0, behavior: 'smooth' })
      focusPrompt()
    }
  }, [phone])
  useKeys({ new: write })
  return (
    <>
      {phone ? (
        <Dock onWrite={write} />
      ) : (
        <div ref={composerRef}>
          <Composer
            examples={madeBefore}
            onMade={() => window.scrollTo({ top: 0, behavior: 'smooth' })}
          />
        </div>
      )}
      <StandInNote />
      {!phone && !inViewport ? <SlimBar onWrite={write} /> : null}
      {workspace.data ? <SessionBar session={workspace.data.session} all={all} /> : null}
      <Jobs
        retentionDays={workspace.data?.retention_days ?? RETENTION}
        session={all ? null : (sessionId ?? null)}
        onWrite={write}
      />
      <Suspense fallback={null}>
        {sheet && phone ? <ComposerSheet onClose={composerSheet.close} /> : null}
      </Suspense>
    </>
  )
}

interface JobsProps {
  retentionDays: number
  /** The session whose jobs are shown; null for all. */
  session: string | null
  onWrite: () => void
}

function Jobs({ retentionDays, session, onWrite }: JobsProps) {
  const jobs = useInfiniteQuery(workspaceJobs)
  const { data: types } = useQuery(jobTypes)
  const discarded = useDiscarded()
  const rows = useMemo(() => rowsOf(jobs.data, discarded, session), [jobs.data, discarded, session])
  const client = useQueryClient()
  const actions = useStable(useStagedActions())
  const open = useOpenPicture()
  const [menu, setMenu] = useState<{ job: JobOut; asset: AssetRef | null } | null>(null)
  const grid = useRef<HTMLDivElement>(null)
  const { ref: sized, width } = useElementSize()
  const { fetchNextPage, isFetchingNextPage } = jobs
  const more = mayHaveMore(jobs.data, retentionDays)
  const nearEnd = () => {
    if (more && !isFetchingNextPage) void fetchNextPage()
  }
  useGridKeys(grid, rows, actions, open)
  // A page of jobs whose pictures are all gone shows nothing: the next one is read at once.
  const emptyPage = rows.length === 0 && more
  useEffect(() => {
    if (emptyPage && !isFetchingNextPage) void fetchNextPage()
  }, [emptyPage, isFetchingNextPage, fetchNextPage])

  const edit = (job: JobOut) => {
    const type = types?.find((each) => each.job_type === job.job_type)
    patchDraft(draftOf(job, type))
    onWrite()
  }
  const on = useStable<JobHandlers>({
    open,
    menu: (job, asset) => setMenu({ job, asset }),
    edit,
    hide: (jobId) => void dismissJob(client, jobId),
  })
  const draw = (job: JobOut, available: number) => (
    <JobGroup job={job} width={available} retentionDays={retentionDays} actions={actions} on={on} />
  )
  return (
    <div ref={grid}>
      <div ref={sized} style={{ marginTop: 20 }}>
        <MakingGroups width={width} />
      </div>
      {jobs.isPending ? <WorkspaceSkeleton /> : null}
      {jobs.isError && !jobs.data ? (
        <ErrorState
          title="The workspace could not be read"
          reason={sentenceOf(jobs.error)}
          onRetry={() => void jobs.refetch()}
        />
      ) : null}
      {jobs.data && rows.length === 0 && !more ? (
        <FirstSteps elsewhere={session !== null && madeAny(jobs.data)} onWrite={onWrite} />
      ) : null}
      {rows.length ? (
        <JobList
          rows={rows}
          draw={draw}
          onNearEnd={nearEnd}
          foot={isFetchingNextPage ? <p className={classes.more}>Reading older ones…</p> : null}
        />
      ) : null}
      <Viewer rows={rows} ready={jobs.isSuccess} actions={actions} onNearEnd={nearEnd} />
      <Suspense fallback={null}>
        {menu ? (
          <CardMenu {...menu} actions={actions} onEdit={edit} onClose={() => setMenu(null)} />
        ) : null}
      </Suspense>
    </div>
  )
}

const madeAny = (jobs: JobPages): boolean => jobs.pages.some((page) => page.items.length > 0)

/** Arrows move between the pictures, letters act on the one that has the focus. */
function useGridKeys(
  grid: React.RefObject<HTMLDivElement | null>,
  rows: readonly Row[],
  actions: ReturnType<typeof useStagedActions>,
  open: (id: string) => void,
): void {
  const onFocused = (run: (found: NonNullable<ReturnType<typeof findAsset>>) => void) => () => {
    const id = focusedAssetId()
    const found = id ? findAsset(rows, id) : null
    if (found) run(found)
  }
  useKeys({
    left: () => moveFocus(grid.current, 'left'),
    right: () => moveFocus(grid.current, 'right'),
    up: () => moveFocus(grid.current, 'up'),
    down: () => moveFocus(grid.current, 'down'),
    open: onFocused(({ asset }) => open(asset.id)),
    keep: onFocused(({ job, asset }) => actions.keep(job, asset)),
    upscale: onFocused(({ asset }) => {
      if (!isClip(asset.mime_type)) actions.upscale(asset)
    }),
    move: onFocused(({ job, asset }) => {
      if (!isClip(asset.mime_type)) actions.move(job, asset)
    }),
    discard: onFocused(({ job, asset }) => {
      moveFocus(grid.current, 'right')
      actions.discard(job, [asset])
    }),
    again: onFocused(({ job }) => actions.again(job)),
    reference: onFocused(({ asset }) => actions.reference(asset)),
  })
}

interface FirstStepsProps {
  /** Whether other sessions have something. */
  elsewhere: boolean
  onWrite: () => void
}

function FirstSteps({ elsewhere, onWrite }: FirstStepsProps) {
  return (
    <>
      <EmptyState
        icon={IconBrush}
        title={elsewhere ? 'Nothing made in this session yet' : 'Nothing made yet'}
      >
        Write what you want to see and press Make. Everything stays here for some days; keep what
        you like, and it moves to the library. Or begin with one of these:
      </EmptyState>
      <div className={classes.examples}>
        {EXAMPLES.map((prompt) => (
          <button
            key={prompt}
            type="button"
            className={classes.example}
            onClick={() => {
              patchDraft({ prompt, improved: null })
              onWrite()
            }}
          >
            {prompt}
          </button>
        ))}
      </div>
    </>
  )
}
