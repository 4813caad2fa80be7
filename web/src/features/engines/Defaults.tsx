import { useMutation, useQuery } from '@tanstack/react-query'
import { sdk, sentenceOf, type EngineDefaultOut, type JobTypeOut } from '@/api'
import { jobTypes } from '@/features/jobs/queries'
import { jobTypeName } from '@/features/lightbox/facts'
import { SelectField } from '@/ui/Fields'
import { showToast } from '@/ui/toastStore'
import classes from './Engines.module.css'
import { allEngines, engineDefaults, useReadAfresh } from './queries'

const TEXT = 'text'

/** Which engine makes what, where nobody says otherwise. */
export function Defaults() {
  const types = useQuery(jobTypes)
  const chosen = useQuery(engineDefaults)
  const engines = useQuery(allEngines)
  const readAfresh = useReadAfresh()
  const save = useMutation({
    mutationFn: ({ use, engine, model }: EngineDefaultOut) =>
      engine
        ? sdk.chooseEngineDefault({ path: { use }, body: { engine, model } })
        : sdk.clearEngineDefault({ path: { use } }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: readAfresh,
  })
  const now = (use: string) => chosen.data?.find((each) => each.use === use)
  const writers = (engines.data?.items ?? []).filter((each) => each.modality === 'text')
  const makers = (types.data ?? []).filter((type) => type.engines.length > 0 || now(type.job_type))
  if (types.isPending || chosen.isPending || engines.isPending) {
    return <div className={classes.waiting} aria-busy="true" />
  }
  return (
    <div className={classes.uses}>
      {makers.map((type) => (
        <JobTypeDefault
          key={type.job_type}
          type={type}
          chosen={now(type.job_type)}
          onChange={save.mutate}
        />
      ))}
      <div className={classes.use}>
        <SelectField
          label="Words: improving prompts"
          value={now(TEXT)?.engine ?? ''}
          onChange={(engine) => save.mutate({ use: TEXT, engine, model: '' })}
          options={[
            { value: '', label: 'The studio’s own' },
            ...writers.map(({ id, name, available }) => ({
              value: id,
              label: available ? name : `${name} (does not work now)`,
              disabled: !available,
            })),
          ]}
        />
      </div>
    </div>
  )
}

function JobTypeDefault({
  type,
  chosen,
  onChange,
}: {
  type: JobTypeOut
  chosen: EngineDefaultOut | undefined
  onChange: (value: EngineDefaultOut) => void
}) {
  const use = type.job_type
  const option = type.engines.find((engine) => engine.id === chosen?.engine)
  const gone = chosen && !option
  const models = option?.limits.models ?? []
  return (
    <div className={classes.use}>
      <SelectField
        label={`${jobTypeName(use, type)}, ${use}`}
        value={chosen?.engine ?? ''}
        onChange={(engine) => onChange({ use, engine, model: '' })}
        options={[
          { value: '', label: 'The studio’s own' },
          ...type.engines.map(({ id, name }) => ({ value: id, label: name })),
          ...(gone
            ? [{ value: chosen.engine, label: `${chosen.engine} (does not work now)` }]
            : []),
        ]}
        hint={gone ? type.reason : undefined}
      />
      {models.length > 1 && chosen ? (
        <SelectField
          label="Model"
          value={models.includes(chosen.model) ? chosen.model : ''}
          onChange={(model) => onChange({ use, engine: chosen.engine, model })}
          options={[
            { value: '', label: 'The usual one' },
            ...models.map((model) => ({ value: model, label: model })),
          ]}
        />
      ) : null}
    </div>
  )
}
