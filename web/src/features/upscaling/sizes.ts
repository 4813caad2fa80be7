import type { UpscalingOut } from '@/api'
import type { SmallPicture } from './asking'

/** Whether a picture stays within what the studio makes when it is enlarged. */
export function fits(picture: SmallPicture, factor: number, limits: UpscalingOut): boolean {
  const width = picture.width * factor
  const height = picture.height * factor
  const small = width <= limits.max_side && height <= limits.max_side
  return small && width * height <= limits.max_pixels
}

/** What is known of the models; others show their name alone. */
const MODELS: Record<string, { label: string; sub: string }> = {
  fast: { label: 'Fast', sub: 'seconds; best for drawings' },
  careful: { label: 'Careful', sub: 'minutes; photographs, fine detail' },
}

export const modelOption = (name: string) => ({
  value: name,
  ...(MODELS[name] ?? { label: name }),
})
