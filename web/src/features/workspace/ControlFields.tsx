import { useQuery } from '@tanstack/react-query'
import type { Controls, ControlsOut } from '@/api'
import { controlChoices } from '@/features/jobs/queries'
import { SelectField, TextField } from '@/ui/Fields'
import { patchDraft } from './draft'

const LABELS = { shot: 'Framing', angle: 'Angle', aspect: 'Format' } as const
const NAMES = ['shot', 'angle', 'aspect'] as const
const MAX_STYLE = 200

const sentenceCase = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

/** Words that are chosen instead of written; they join the prompt after it is improved. */
export function ControlFields({ controls }: { controls: Controls }) {
  const { data } = useQuery(controlChoices)
  const set = (change: Partial<Controls>) => patchDraft({ controls: { ...controls, ...change } })
  return (
    <>
      {NAMES.map((name) => (
        <SelectField
          key={name}
          label={LABELS[name]}
          value={controls[name] ?? ''}
          onChange={(value) => set({ [name]: value || null })}
          options={optionsOf(data?.[name])}
        />
      ))}
      <TextField
        label="Style"
        value={controls.style ?? ''}
        maxLength={MAX_STYLE}
        placeholder="such as watercolour, muted colours"
        onChange={(value) => set({ style: value || null })}
      />
    </>
  )
}

function optionsOf(choices: ControlsOut['shot'] | undefined) {
  const listed = (choices ?? []).map(({ value, words }) => ({ value, label: sentenceCase(words) }))
  return [{ value: '', label: 'As the prompt says' }, ...listed]
}
