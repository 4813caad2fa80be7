import type { ViewerItem } from './contract'

/** Two that are compared: of one batch, or an upscaled picture and what it was before. */
export type Pair = 'batch' | 'before'

/** The pictures that were made together with one, itself among them, in their order. */
export function batchOf(items: readonly ViewerItem[], item: ViewerItem): ViewerItem[] {
  return item.jobId === null ? [item] : items.filter((each) => each.jobId === item.jobId)
}

/** The picture of the batch to lay beside one: the one after it, round the end. */
export function partnerOf(
  batch: readonly ViewerItem[],
  item: ViewerItem,
  from: ViewerItem | null = null,
  step: 1 | -1 = 1,
): ViewerItem | null {
  if (batch.length < 2) return null
  const start = batch.findIndex((each) => each.id === (from ?? item).id)
  for (let far = 1; far <= batch.length; far += 1) {
    const at = (start + step * far + batch.length * far) % batch.length
    const found = batch[at]
    if (found && found.id !== item.id) return found
  }
  return null
}

export const clampSplit = (share: number): number => Math.min(Math.max(share, 0), 1)

/** Where the divider goes by a key, as a share of the width, or null for a key that is not its own. */
export function splitByKey(key: string, split: number, large: boolean): number | null {
  const step = large ? 0.1 : 0.02
  if (key === 'ArrowLeft' || key === 'ArrowDown') return clampSplit(split - step)
  if (key === 'ArrowRight' || key === 'ArrowUp') return clampSplit(split + step)
  if (key === 'Home') return 0
  if (key === 'End') return 1
  return null
}
