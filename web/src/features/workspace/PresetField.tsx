import { useQuery } from '@tanstack/react-query'
import { effectOf, presets } from '@/features/prompting/presets'
import { SelectField } from '@/ui/Fields'
import { patchDraft } from './draft'

/** How the prompt is treated, in one choice; what the choice does is said beneath it. */
export function PresetField({ preset }: { preset: string }) {
  const { data: all } = useQuery(presets)
  const chosen = all?.find((each) => each.id === preset)
  // Nothing to choose from is nothing to show.
  if (!all?.length) return null
  return (
    <SelectField
      label="Preset"
      value={chosen ? preset : ''}
      options={[
        { value: '', label: 'None' },
        ...all.map((each) => ({
          value: each.id,
          label: each.is_recommended ? `${each.preset_name} (recommended)` : each.preset_name,
        })),
      ]}
      onChange={(next) => patchDraft({ preset: next })}
      hint={chosen ? effectOf(chosen) : undefined}
    />
  )
}
