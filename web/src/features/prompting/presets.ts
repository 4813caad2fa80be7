import { queryOptions } from '@tanstack/react-query'
import { sdk, type PresetOut } from '@/api'
import { keys } from '@/api/keys'

/** All presets, the recommended ones first. */
export const presets = queryOptions({
  queryKey: keys.presets,
  queryFn: async () => (await sdk.listPresets()).items,
  staleTime: 5 * 60_000,
})

/** `fox ×1.3, mist ×0.8`. */
export const weightsSaid = (weights: Readonly<Record<string, number>>): string =>
  Object.entries(weights)
    .map(([term, weight]) => `${term} ×${weight}`)
    .join(', ')

/** What a preset does, in one line: `Rewrites the prompt, weighs fox ×1.3.` */
export function effectOf(preset: PresetOut): string {
  const weights = preset.compel_weights ?? {}
  const parts = [
    preset.enable_qwen
      ? preset.auto_enhancement
        ? 'rewrites the prompt without being asked'
        : 'rewrites the prompt when asked'
      : 'leaves the words as they are',
    preset.enable_compel && Object.keys(weights).length ? `weighs ${weightsSaid(weights)}` : '',
  ].filter(Boolean)
  const said = parts.join(', ')
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}.`
}
