import { useQuery } from '@tanstack/react-query'
import { ApiError, sdk } from '@/api'
import { keys } from '@/api/keys'
import { viewerItemOf } from '@/features/library/viewerItem'
import { viewerItemAlone } from '@/features/workspace/viewer'
import type { ViewerItem } from './contract'
import { useDetails } from './useDetails'

/**
 * The picture that an upscaled one was before, at the size that it has now, so that both lie on one
 * another; null for other pictures, and where it is gone.
 */
export function useOrigin(item: ViewerItem): ViewerItem | null {
  const { made } = useDetails(item)
  const id = made?.upscale?.assetId ?? ''
  const found = useQuery({
    queryKey: keys.origin(id),
    queryFn: () => readEither(id),
    enabled: id !== '',
    staleTime: Infinity,
    retry: false,
  })
  const before = id === '' ? null : (found.data ?? null)
  return before && { ...before, width: item.width, height: item.height }
}

/** A picture wherever it is. A source may have been kept and then have left the workspace. */
async function readEither(id: string): Promise<ViewerItem | null> {
  const path = { asset_id: id }
  try {
    return viewerItemAlone(await sdk.getWorkspaceAsset({ path }))
  } catch (error) {
    if (!isGone(error)) throw error
  }
  try {
    return viewerItemOf(await sdk.getLibraryAsset({ path }))
  } catch (error) {
    if (!isGone(error)) throw error
    return null
  }
}

const isGone = (error: unknown): boolean => error instanceof ApiError && error.status === 404
