import { sdk, sentenceOf } from '@/api'
import { getDraft, patchDraft } from '@/features/workspace/draft'
import { showToast } from '@/ui/toastStore'

/** Whether the draft has a mask that the studio does not have yet. */
export function hasUnsentMask(): boolean {
  const { part } = getDraft()
  return part !== null && part.mask !== '' && part.maskId === null
}

/** Brings the draft's mask to the studio, once; says why where that fails, and returns false. */
export async function sendMask(): Promise<boolean> {
  const { part } = getDraft()
  if (!part || !hasUnsentMask()) return true
  try {
    const file = new File([bytesOf(part.mask)], 'mask.png', { type: 'image/png' })
    const { id } = await sdk.uploadReference({ body: { file } })
    const now = getDraft().part
    if (now?.mask === part.mask) patchDraft({ part: { ...now, maskId: id } })
    return true
  } catch (error) {
    showToast({ id: 'mask', text: sentenceOf(error), tone: 'error' })
    return false
  }
}

/** The bytes of a data address. The page's policy lets nothing be fetched from one. */
function bytesOf(address: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(address.slice(address.indexOf(',') + 1)), (each) =>
    each.charCodeAt(0),
  )
}
