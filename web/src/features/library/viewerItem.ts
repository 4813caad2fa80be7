import type { LibraryAssetOut } from '@/api'
import { fpsOf } from '@/api/provenance'
import type { ViewerItem } from '@/features/lightbox/contract'

/** A kept picture as the viewer takes it. */
export function viewerItemOf(asset: LibraryAssetOut): ViewerItem {
  return {
    id: asset.id,
    kind: 'kept',
    jobId: asset.job_id,
    url: asset.url,
    thumbnailUrl: asset.thumbnail_url,
    thumbhash: asset.thumbhash,
    width: asset.width,
    height: asset.height,
    mimeType: asset.mime_type,
    fps: fpsOf(asset.settings),
    prompt: asset.prompt,
    enhancedPrompt: asset.enhanced_prompt,
    seed: asset.seed,
    createdAt: asset.created_at,
    saved: true,
    libraryAssetId: asset.id,
    favourite: asset.is_favorite,
    title: asset.title,
    rating: asset.rating,
  }
}

/** What a picture is called: its title, or what it was made from. */
export const nameOf = (asset: LibraryAssetOut): string => asset.title ?? asset.prompt
