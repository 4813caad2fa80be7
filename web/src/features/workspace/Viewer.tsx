import { useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { ApiError, sdk } from '@/api'
import { keys } from '@/api/keys'
import type { ViewerActions } from '@/features/lightbox/contract'
import { usePaintLimits } from '@/features/masking/usePaintLimits'
import { showToast } from '@/ui/toastStore'
import type { Row } from './grouping'
import { useDraftElsewhere } from './useDraftElsewhere'
import type { StagedActions } from './useStagedActions'
import { findAsset, viewerItemAlone, viewerItems } from './viewer'

const Lightbox = lazy(() => import('@/features/lightbox/Lightbox'))

interface ViewerProps {
  rows: readonly Row[]
  /** Whether the first page of jobs was read. */
  ready: boolean
  actions: StagedActions
  onNearEnd: () => void
}

/** The viewer over the workspace, for the picture that the address names. */
export function Viewer(props: ViewerProps) {
  const { view } = useSearch({ from: '/studio/workspace' })
  return view === undefined ? null : <OpenViewer {...props} view={view} />
}

function OpenViewer({ rows, ready, actions, onNearEnd, view }: ViewerProps & { view: string }) {
  const navigate = useNavigate({ from: '/workspace' })
  const router = useRouter()
  const use = useDraftElsewhere()
  const canPaint = usePaintLimits() !== null
  const listed = viewerItems(rows)
  const at = listed.findIndex((item) => item.id === view)
  const alone = useQuery({
    queryKey: keys.workspaceAsset(view),
    queryFn: () => sdk.getWorkspaceAsset({ path: { asset_id: view } }),
    enabled: ready && at < 0,
  })
  const show = (id: string | undefined) =>
    void navigate({
      to: '/workspace',
      search: ({ session }) => ({ session, view: id }),
      replace: true,
      resetScroll: false,
      state: (old) => old,
    })
  const gone = alone.error instanceof ApiError && at < 0
  useEffect(() => {
    if (!gone) return
    showToast({
      id: 'gone',
      text: 'That picture is gone: it was discarded, or its days were over.',
    })
    void navigate({ to: '/workspace', search: ({ session }) => ({ session }), replace: true })
  }, [gone, navigate])
  if (gone) return null
  const items = at >= 0 ? listed : alone.data ? [viewerItemAlone(alone.data)] : []
  if (items.length === 0) return null

  const withAsset = (run: (found: NonNullable<ReturnType<typeof findAsset>>) => void) => {
    return (item: { id: string }) => {
      const found = findAsset(rows, item.id)
      if (found) run(found)
    }
  }
  const viewerActions: ViewerActions =
    at < 0
      ? { use }
      : {
          use,
          keep: withAsset(({ job, asset }) => actions.keep(job, asset)),
          again: withAsset(({ job }) => actions.again(job)),
          reference: withAsset(({ asset }) => {
            actions.reference(asset)
            show(undefined)
          }),
          ...(canPaint
            ? {
                part: withAsset(({ asset }) => {
                  show(undefined)
                  actions.part(asset)
                }),
              }
            : {}),
          upscale: withAsset(({ asset }) => actions.upscale(asset)),
          move: withAsset(({ job, asset }) => {
            actions.move(job, asset)
            show(undefined)
          }),
          discard: withAsset(({ job, asset }) => {
            const next = listed[at + 1] ?? listed[at - 1]
            actions.discard(job, [asset])
            show(next?.id)
          }),
        }
  return (
    <Suspense fallback={null}>
      <Lightbox
        items={items}
        index={Math.max(at, 0)}
        onIndex={(index) => show(items[index]?.id)}
        onClose={() => {
          if (router.state.location.state.opened) router.history.back()
          else show(undefined)
        }}
        actions={viewerActions}
        onNearEnd={onNearEnd}
      />
    </Suspense>
  )
}
