import { useMutation } from '@tanstack/react-query'
import { sdk, sentenceOf } from '@/api'
import { showToast } from '@/ui/toastStore'
import { patchDraft } from './draft'
import { sourceOf } from './moving'

export type SourcePlace = 'reference' | 'firstFrame' | 'lastFrame'

/** Brings a file along, to a place of the draft. */
export function useUpload(): {
  run: (file: File, place: SourcePlace) => void
  /** The place that a picture is on its way to. */
  pending: SourcePlace | null
} {
  const { mutate, isPending, variables } = useMutation({
    mutationFn: ({ file }: { file: File; place: SourcePlace }) =>
      sdk.uploadReference({ body: { file } }),
    // Who has just chosen a file from their own disk need not be spared the sight of it.
    onSuccess: (picture, { place }) =>
      patchDraft({ [place]: sourceOf({ ...picture, rating: 'general' }) }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
  })
  return {
    run: (file, place) => mutate({ file, place }),
    pending: isPending ? variables.place : null,
  }
}
