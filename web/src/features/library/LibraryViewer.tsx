import { useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useMemo } from 'react'
import { ApiError, sentenceOf, type LibraryAssetOut } from '@/api'
import type { ViewerActions, ViewerItem } from '@/features/lightbox/contract'
import { usePaintLimits } from '@/features/masking/usePaintLimits'
import { useDraftElsewhere } from '@/features/workspace/useDraftElsewhere'
import { showToast } from '@/ui/toastStore'
import { libraryAsset } from './queries'
import type { LibraryActions } from './useLibraryActions'
import { viewerItemOf } from './viewerItem'

const Lightbox = lazy(() => import('@/features/lightbox/Lightbox'))

interface LibraryViewerProps {
  view: string
  assets: readonly LibraryAssetOut[]
  /** Whether the list was read; until then it is not known whether it has the picture. */
  ready: boolean
  actions: LibraryActions
  onNearEnd: () => void
}

/** The viewer over the library, for the picture that the address names. */
export function LibraryViewer({ view, assets, ready, actions, onNearEnd }: LibraryViewerProps) {
  const router = useRouter()
  const use = useDraftElsewhere()
  const canPaint = usePaintLimits() !== null
  const show = useShow()
  const at = assets.findIndex((asset) => asset.id === view)
  const alone = useQuery({ ...libraryAsset(view), enabled: ready && at < 0 })
  const problem = at < 0 ? alone.error : null
  useEffect(() => {
    if (!problem) return
    // 422: the address names no picture at all.
    const gone = problem instanceof ApiError && (problem.status === 404 || problem.status === 422)
    showToast({
      id: 'gone',
      text: gone ? 'That picture is not in the library any more.' : sentenceOf(problem),
      tone: gone ? 'plain' : 'error',
    })
    show(undefined)
    // Said once for each address that leads nowhere.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [problem])
  const shown = at >= 0 ? assets : alone.data && !problem ? [alone.data] : []
  const listed = useMemo(() => assets.map(viewerItemOf), [assets])
  if (shown.length === 0) return null

  const withAsset = (run: (asset: LibraryAssetOut, at: number) => void) => (item: ViewerItem) => {
    const place = shown.findIndex((asset) => asset.id === item.id)
    const asset = shown[place]
    if (asset) run(asset, place)
  }
  const viewerActions: ViewerActions = {
    use,
    favourite: withAsset((asset) => actions.favourite([asset])),
    again: withAsset((asset) => actions.again(asset)),
    reference: withAsset((asset) => actions.reference(asset)),
    ...(canPaint ? { part: withAsset((asset) => actions.part(asset)) } : {}),
    upscale: withAsset((asset) => actions.upscale(asset)),
    move: withAsset((asset) => actions.move(asset)),
    discard: withAsset((asset, place) => {
      actions.remove([asset])
      show((shown[place + 1] ?? shown[place - 1])?.id)
    }),
  }
  return (
    <Suspense fallback={null}>
      <Lightbox
        items={at >= 0 ? listed : shown.map(viewerItemOf)}
        index={Math.max(at, 0)}
        onIndex={(index) => show(shown[index]?.id)}
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

/** Another picture, or none, in the same place of the history. */
function useShow(): (view: string | undefined) => void {
  const navigate = useNavigate()
  return (view) =>
    void navigate({
      to: '/library',
      search: (old) => ({ ...old, view }),
      replace: true,
      resetScroll: false,
      state: (old) => old,
    })
}
