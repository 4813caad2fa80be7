import { sdk, sentenceOf } from '@/api'
import { showToast } from '@/ui/toastStore'
import { getDraft, patchDraft } from './draft'
import { looksLikeCompel } from './words'

/** Offers to translate a prompt that was pasted with compel's weights. */
export function offerTranslation(pasted: string): void {
  if (!looksLikeCompel(pasted)) return
  showToast({
    id: 'compel',
    text: 'This looks like weights in the syntax of compel',
    lasts: 10_000,
    action: { label: 'Translate it', run: () => void translate() },
  })
}

async function translate(): Promise<void> {
  const { prompt } = getDraft()
  try {
    const read = await sdk.translateWeights({ body: { text: prompt, dialect: 'compel' } })
    patchDraft({ prompt: read.a1111 })
    const lost = read.losses.a1111 ?? []
    showToast({
      id: 'compel',
      text: lost.length ? `Translated, but for this: ${lost.join(' ')}` : 'Translated',
      action: { label: 'Undo', run: () => patchDraft({ prompt }) },
    })
  } catch (error) {
    showToast({ id: 'compel', text: sentenceOf(error), tone: 'error' })
  }
}
