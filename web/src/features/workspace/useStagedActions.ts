import { useQueryClient } from '@tanstack/react-query'
import { sdk, sentenceOf, type AssetRef, type JobOut } from '@/api'
import { keys } from '@/api/keys'
import { makeAgain } from '@/features/jobs/actions'
import { patchAsset } from '@/features/jobs/cache'
import { countOf } from '@/ui/format'
import { askToUpscale } from '@/features/upscaling/asking'
import { flyToLibrary } from '@/ui/keepFlight'
import { showToast } from '@/ui/toastStore'
import { discard } from './discarding'
import { patchDraft } from './draft'
import { draftToMove, sourceOf } from './moving'
import { changePart } from './useDraftElsewhere'

export interface StagedActions {
  keep: (job: JobOut, asset: AssetRef) => void
  keepAll: (job: JobOut) => void
  discard: (job: JobOut, assets: readonly AssetRef[]) => void
  again: (job: JobOut) => void
  reference: (asset: AssetRef) => void
  /** Says which part of a picture is drawn anew. */
  part: (asset: AssetRef) => void
  /** Asks how much larger a picture is to be. */
  upscale: (asset: AssetRef) => void
  /** Makes a picture the first frame of a clip that is to be made. */
  move: (job: JobOut, asset: AssetRef) => void
}

const sourcePicture = (asset: AssetRef) => {
  const { assetId: id, ...rest } = sourceOf(asset)
  return { id, ...rest }
}

const cardOf = (id: string): Element | null => document.querySelector(`[data-asset-id="${id}"]`)

/** What can be done with the pictures of the workspace. */
export function useStagedActions(): StagedActions {
  const client = useQueryClient()

  const keepOne = async (job: JobOut, asset: AssetRef): Promise<boolean> => {
    if (asset.saved) return false
    patchAsset(client, job.id, asset.id, (each) => ({ ...each, saved: true }))
    flyToLibrary(cardOf(asset.id))
    try {
      const kept = await sdk.keepWorkspaceAsset({ path: { asset_id: asset.id } })
      patchAsset(client, job.id, asset.id, (each) => ({ ...each, library_asset_id: kept.id }))
      void client.invalidateQueries({ queryKey: keys.library })
      return true
    } catch (error) {
      patchAsset(client, job.id, asset.id, (each) => ({ ...each, saved: false }))
      showToast({ text: sentenceOf(error), tone: 'error' })
      return false
    }
  }

  return {
    keep: (job, asset) => {
      if (asset.saved) {
        showToast({ id: 'kept', text: 'It is in the library already', lasts: 2500 })
        return
      }
      void keepOne(job, asset).then((done) => {
        if (done) showToast({ id: 'kept', text: 'Kept in the library', tone: 'success' })
      })
    },
    keepAll: (job) => {
      void Promise.all(job.assets.map((asset) => keepOne(job, asset))).then((done) => {
        const kept = job.assets.filter((_, at) => done[at])
        const text = kept.length ? `${countOf(kept)} kept in the library` : 'All are kept already'
        showToast({ id: 'kept', text, tone: 'success' })
      })
    },
    discard: (job, assets) =>
      discard(
        client,
        assets.map((asset) => ({ jobId: job.id, assetId: asset.id })),
      ),
    again: (job) => void makeAgain(client, job.id),
    reference: (asset) => {
      patchDraft({ reference: sourceOf(asset) })
      showToast({ id: 'draft', text: 'Reference set', lasts: 2500 })
    },
    part: (asset) => changePart(sourceOf(asset)),
    upscale: (asset) => askToUpscale(sourcePicture(asset)),
    move: (job, asset) => {
      patchDraft(draftToMove(sourceOf(asset), job.original_prompt))
      showToast({ id: 'draft', text: 'First frame set: choose a motion and make', lasts: 3500 })
      window.scrollTo({ top: 0, behavior: 'smooth' })
    },
  }
}
