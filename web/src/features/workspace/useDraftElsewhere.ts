import { useNavigate } from '@tanstack/react-router'
import { showToast } from '@/ui/toastStore'
import { panels } from '@/app/panels'
import { pictureType } from '@/features/masking/usePaintLimits'
import { getDraft, patchDraft, type Draft, type DraftReference } from './draft'
import { draftToMove } from './moving'

/** Puts values into the draft and goes to the workspace, where they are seen. */
export function useDraftElsewhere(): (patch: Partial<Draft>, said: string) => void {
  const navigate = useNavigate()
  return (patch, said) => {
    patchDraft(patch)
    showToast({ id: 'draft', text: said, lasts: 2500 })
    void navigate({ to: '/workspace' })
  }
}

/** Makes a picture, staged or kept, the reference of the draft. */
export function useAsReference(): (reference: DraftReference) => void {
  const put = useDraftElsewhere()
  return (reference) => put({ reference, strength: 0.5 }, 'Reference set')
}

/** Makes a picture the reference of the draft, and opens what says which part is drawn anew. */
export function changePart(reference: DraftReference): void {
  patchDraft({ reference, jobType: pictureType(getDraft()) })
  panels.open('part')
  window.scrollTo({ top: 0 })
}

/** The same from another page. */
export function useAsPart(): (reference: DraftReference) => void {
  const navigate = useNavigate()
  return (reference) => {
    changePart(reference)
    void navigate({ to: '/workspace' })
  }
}

/** Makes a kept picture the first frame of a clip. */
export function useAsFirstFrame(): (picture: DraftReference, prompt: string) => void {
  const put = useDraftElsewhere()
  return (picture, prompt) =>
    put(draftToMove(picture, prompt), 'First frame set: choose a motion and make')
}
