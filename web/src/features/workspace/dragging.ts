import type { DraftReference } from './draft'
import { sourceOf, type Source } from './moving'

/** The kind of data of a picture that is dragged out of a grid. */
export const DRAGGED = 'application/x-fabula-asset'

/** What was dropped or pasted: a picture of the studio, a file, or nothing of use. */
export type Dropped = { reference: DraftReference } | { file: File } | null

export function readDropped(data: DataTransfer): Dropped {
  const text = data.getData(DRAGGED)
  if (text) {
    return { reference: sourceOf(JSON.parse(text) as Source) }
  }
  const file = [...data.files].find((each) => each.type.startsWith('image/'))
  return file ? { file } : null
}

/** Whether what is dragged over the page may be dropped here. */
export function mayDrop(data: DataTransfer): boolean {
  return data.types.includes(DRAGGED) || data.types.includes('Files')
}
