import { SelectField } from '@/ui/Fields'
import type { KeySearch } from '../search'
import { ENHANCERS, MADE, MODES, optionsOf, TARGETS, USE_CASES } from './kinds'

interface KeyFieldsProps {
  value: KeySearch
  onChange: (change: KeySearch) => void
  /** What stands for no choice in each list; without it a choice is needed. */
  any?: { use?: string; target: string; made: string; enhancer?: string; mode?: string }
}

/** What a template is for, or what templates are looked for. */
export function KeyFields({ value, onChange, any }: KeyFieldsProps) {
  return (
    <>
      <SelectField
        label="Use case"
        value={value.use ?? ''}
        options={optionsOf(USE_CASES, any?.use)}
        onChange={(use) => onChange({ use: (use || undefined) as KeySearch['use'] })}
      />
      <SelectField
        label="Target"
        value={value.target ?? ''}
        options={optionsOf(TARGETS, any?.target ?? 'Any target')}
        onChange={(target) => onChange({ target: (target || undefined) as KeySearch['target'] })}
      />
      <SelectField
        label="Made"
        value={value.made ?? ''}
        options={optionsOf(MADE, any?.made ?? 'Anything')}
        onChange={(made) => onChange({ made: (made || undefined) as KeySearch['made'] })}
      />
      <SelectField
        label="Enhancer"
        value={value.enhancer ?? ''}
        options={optionsOf(ENHANCERS, any?.enhancer)}
        onChange={(enhancer) =>
          onChange({ enhancer: (enhancer || undefined) as KeySearch['enhancer'] })
        }
      />
      <SelectField
        label="Mode"
        value={value.mode ?? ''}
        options={optionsOf(MODES, any?.mode)}
        onChange={(mode) => onChange({ mode: (mode || undefined) as KeySearch['mode'] })}
      />
    </>
  )
}
