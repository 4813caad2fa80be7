import type { AssetRef, JobOut, WorkspaceAssetOut } from '@/api'
import type { ViewerItem } from '@/features/lightbox/contract'
import { fpsOf } from '@/api/provenance'
import type { Row } from './grouping'

export function viewerItem(job: JobOut, asset: AssetRef): ViewerItem {
  return {
    id: asset.id,
    kind: 'staged',
    jobId: job.id,
    url: asset.url,
    thumbnailUrl: asset.thumbnail_url,
    thumbhash: asset.thumbhash,
    width: asset.width,
    height: asset.height,
    mimeType: asset.mime_type,
    fps: job.params.clip?.fps ?? null,
    prompt: job.original_prompt,
    enhancedPrompt: job.enhanced_prompt,
    seed: asset.seed,
    createdAt: job.completed_at ?? job.created_at,
    saved: asset.saved,
    libraryAssetId: asset.library_asset_id,
    favourite: null,
    title: null,
    rating: asset.rating,
  }
}

/** A staged picture that was opened by its address and is on none of the pages that were read. */
export function viewerItemAlone(asset: WorkspaceAssetOut): ViewerItem {
  return {
    id: asset.id,
    kind: 'staged',
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
    saved: asset.saved,
    libraryAssetId: asset.library_asset_id,
    favourite: null,
    title: null,
    rating: asset.rating,
  }
}

/** All pictures of the workspace in the order in which they stand. */
export function viewerItems(rows: readonly Row[]): ViewerItem[] {
  return rows.flatMap((row) =>
    row.kind === 'job' ? row.job.assets.map((asset) => viewerItem(row.job, asset)) : [],
  )
}

/** The job and asset of a picture. */
export function findAsset(
  rows: readonly Row[],
  id: string,
): { job: JobOut; asset: AssetRef } | null {
  for (const row of rows) {
    if (row.kind !== 'job') continue
    const asset = row.job.assets.find((each) => each.id === id)
    if (asset) return { job: row.job, asset }
  }
  return null
}
