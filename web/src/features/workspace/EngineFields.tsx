import type { JobTypeOut, LimitsOut } from '@/api'
import { SelectField } from '@/ui/Fields'
import { patchDraft, type Draft } from './draft'
import { typeFor } from './engine'
import { withJobType } from './request'

/** Which engine makes it, with which model and sampler; each has a standard of the studio's. */
export function EngineFields({
  draft,
  type,
  limits,
}: {
  draft: Draft
  type: JobTypeOut
  limits: LimitsOut | null
}) {
  const choose = (engine: string) => {
    const next = { ...draft, engine, model: '', scheduler: '', loras: [] }
    const effective = typeFor(next, type)
    patchDraft(effective ? withJobType(next, effective) : next)
  }
  const usual = type.engine?.name ?? 'none here'
  return (
    <>
      {type.engines.length > 1 || draft.engine ? (
        <SelectField
          label="Engine"
          value={draft.engine}
          onChange={choose}
          options={[
            { value: '', label: `The studio's choice: ${usual}` },
            ...type.engines.map(({ id, name }) => ({ value: id, label: name })),
            ...(typeFor(draft, type)?.engine || !draft.engine
              ? []
              : [{ value: draft.engine, label: 'Not there now', disabled: true }]),
          ]}
        />
      ) : null}
      <NameField
        label="Model"
        value={draft.model}
        names={limits?.models ?? []}
        onChange={(model) => patchDraft({ model })}
      />
      <NameField
        label="Sampler"
        value={draft.scheduler}
        names={limits?.schedulers ?? []}
        onChange={(scheduler) => patchDraft({ scheduler })}
      />
    </>
  )
}

/** One of the names that an engine has; nothing where there is no choice. */
function NameField({
  label,
  value,
  names,
  onChange,
}: {
  label: string
  value: string
  names: readonly string[]
  onChange: (value: string) => void
}) {
  if (names.length < 2) return null
  return (
    <SelectField
      label={label}
      value={names.includes(value) ? value : ''}
      onChange={onChange}
      options={[
        { value: '', label: 'The usual one' },
        ...names.map((name) => ({ value: name, label: name })),
      ]}
    />
  )
}
