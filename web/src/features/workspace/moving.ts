import type { AssetRef } from '@/api'
import { getDraft, type Draft, type DraftReference } from './draft'

/** The job type for a clip of a picture, unless a kind of clip is chosen already. */
const CLIP_TYPE = 'video_fast'

/** What of a picture is needed to start from it. */
export type Source = Pick<AssetRef, 'id' | 'url' | 'thumbnail_url' | 'width' | 'height' | 'rating'>

/** A staged or kept picture as a source. */
export const sourceOf = (asset: Source): DraftReference => ({
  assetId: asset.id,
  url: asset.url,
  thumbnailUrl: asset.thumbnail_url,
  width: asset.width,
  height: asset.height,
  rating: asset.rating,
})

/** What changes in the draft when a picture is to be moved: it begins the clip and gives its shape. */
export function draftToMove(firstFrame: DraftReference, prompt: string): Partial<Draft> {
  const { jobType } = getDraft()
  return {
    jobType: jobType.startsWith('video') ? jobType : CLIP_TYPE,
    firstFrame,
    lastFrame: null,
    prompt,
    improved: null,
    size: null,
    steps: null,
    guidance: null,
  }
}
