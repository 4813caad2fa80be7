import { useMutation } from '@tanstack/react-query'
import { sdk, sentenceOf } from '@/api'
import { showToast } from '@/ui/toastStore'
import { patchDraft } from './draft'

/** Brings a file along as the reference. */
export function useUpload(): { run: (file: File) => void; pending: boolean } {
  const { mutate, isPending } = useMutation({
    mutationFn: (file: File) => sdk.uploadReference({ body: { file } }),
    onSuccess: (picture) =>
      patchDraft({
        reference: {
          assetId: picture.id,
          thumbnailUrl: picture.thumbnail_url,
          width: picture.width,
          height: picture.height,
        },
      }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
  })
  return { run: (file) => mutate(file), pending: isPending }
}
