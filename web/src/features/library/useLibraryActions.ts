import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { sdk, sentenceOf, type LibraryAssetOut } from '@/api'
import { makeAgainFromLibrary } from '@/features/jobs/actions'
import { askToUpscale } from '@/features/upscaling/asking'
import { sourceOf } from '@/features/workspace/moving'
import { useAsFirstFrame, useAsPart, useAsReference } from '@/features/workspace/useDraftElsewhere'
import { count } from '@/ui/format'
import { closeToast, showToast } from '@/ui/toastStore'
import { storeLibraryAsset } from './cache'
import { deleteSoon } from './deleting'
import { inTurn } from './inTurn'
import { withTags } from './tags'

export interface AssetChange {
  title?: string | null
  tags?: string[]
  is_favorite?: boolean
}

/** Changes an asset: shown at once, taken back when the studio says no. Returns whether it was done. */
export async function changeAsset(
  client: QueryClient,
  asset: LibraryAssetOut,
  change: AssetChange,
): Promise<boolean> {
  storeLibraryAsset(client, { ...asset, ...change })
  try {
    storeLibraryAsset(
      client,
      await sdk.changeLibraryAsset({ path: { asset_id: asset.id }, body: change }),
    )
    return true
  } catch (error) {
    storeLibraryAsset(client, asset)
    showToast({ text: sentenceOf(error), tone: 'error' })
    return false
  }
}

export interface LibraryActions {
  /** Makes all favourites, or none of them when all are. */
  favourite: (assets: readonly LibraryAssetOut[]) => void
  addTags: (assets: readonly LibraryAssetOut[], tags: readonly string[]) => void
  remove: (assets: readonly LibraryAssetOut[]) => void
  again: (asset: LibraryAssetOut) => void
  reference: (asset: LibraryAssetOut) => void
  /** Says which part of a picture is drawn anew. */
  part: (asset: LibraryAssetOut) => void
  move: (asset: LibraryAssetOut) => void
  upscale: (asset: LibraryAssetOut) => void
  download: (assets: readonly LibraryAssetOut[]) => void
}

/** What can be done with the pictures of the library; the same object for as long as the page is there. */
export function useLibraryActions(): LibraryActions {
  const client = useQueryClient()
  const asReference = useAsReference()
  const asFirstFrame = useAsFirstFrame()
  const asPart = useAsPart()
  const latest = useRef({ asReference, asFirstFrame, asPart })
  useEffect(() => {
    latest.current = { asReference, asFirstFrame, asPart }
  })
  return useMemo(
    () => ({
      favourite: (assets) => void favourite(client, assets),
      addTags: (assets, tags) => void addTags(client, assets, tags),
      remove: (assets) =>
        deleteSoon(
          client,
          assets.map((asset) => asset.id),
        ),
      again: (asset) => void makeAgainFromLibrary(client, asset.id),
      reference: (asset) => latest.current.asReference(sourceOf(asset)),
      part: (asset) => latest.current.asPart(sourceOf(asset)),
      move: (asset) => latest.current.asFirstFrame(sourceOf(asset), asset.prompt),
      upscale: (asset) =>
        askToUpscale({
          id: asset.id,
          width: asset.width,
          height: asset.height,
          thumbnailUrl: asset.thumbnail_url,
        }),
      download: (assets) => void downloadAll(assets),
    }),
    [client],
  )
}

async function favourite(client: QueryClient, assets: readonly LibraryAssetOut[]): Promise<void> {
  const to = assets.some((asset) => !asset.is_favorite)
  const wanted = assets.filter((asset) => asset.is_favorite !== to)
  const done = await changeMany(client, wanted, () => ({ is_favorite: to }))
  if (done < 2) return
  showToast({ text: `${count(done, 'picture')} ${to ? 'are favourites' : 'no longer favourites'}` })
}

async function addTags(
  client: QueryClient,
  assets: readonly LibraryAssetOut[],
  tags: readonly string[],
): Promise<void> {
  const done = await changeMany(client, assets, (asset) => ({ tags: withTags(asset.tags, tags) }))
  if (done) showToast({ text: `${count(done, 'picture')} tagged ${tags.join(', ')}` })
}

const PROGRESS = 'library-progress'
/** From so many on it is worth saying how far it is. */
const MANY = 8

async function changeMany(
  client: QueryClient,
  assets: readonly LibraryAssetOut[],
  change: (asset: LibraryAssetOut) => AssetChange,
): Promise<number> {
  let done = 0
  await inTurn(
    assets,
    async (asset) => {
      if (await changeAsset(client, asset, change(asset))) done += 1
    },
    (through) => {
      if (assets.length < MANY) return
      showToast({
        id: PROGRESS,
        text: `${through} of ${count(assets.length, 'picture')}`,
        lasts: 0,
      })
    },
  )
  closeToast(PROGRESS)
  return done
}

/** Time between two downloads, so that the browser takes each as one of its own, in milliseconds. */
const PAUSE_MS = 350

async function downloadAll(assets: readonly LibraryAssetOut[]): Promise<void> {
  for (const [at, asset] of assets.entries()) {
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    const link = document.createElement('a')
    link.href = `/api/library/assets/${asset.id}/download`
    link.download = ''
    document.body.append(link)
    link.click()
    link.remove()
  }
}
