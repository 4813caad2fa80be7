import { Button, Modal, NumberInput, Switch, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { ApiError, sdk, sentenceOf, type PresetOut } from '@/api'
import { keys } from '@/api/keys'
import { TermWeights } from '@/features/prompting/TermWeights'
import { termsOf, weightsOf } from '@/features/prompting/terms'
import panel from '../panel.module.css'
import classes from './PresetForm.module.css'

const START = {
  preset_name: '',
  preset_description: '',
  enable_qwen: true,
  enable_compel: false,
  auto_enhancement: false,
  is_recommended: false,
  temperature: null as number | null,
  max_tokens: null as number | null,
}

function startOf(preset: PresetOut | undefined): typeof START {
  if (!preset) return START
  return {
    ...START,
    preset_name: preset.preset_name,
    preset_description: preset.preset_description ?? '',
    enable_qwen: preset.enable_qwen,
    enable_compel: preset.enable_compel,
    auto_enhancement: preset.auto_enhancement,
    is_recommended: preset.is_recommended,
    temperature: preset.qwen_settings?.temperature ?? null,
    max_tokens: preset.qwen_settings?.max_tokens ?? null,
  }
}

interface PresetFormProps {
  /** The one that is changed; without it, one is made. */
  preset: PresetOut | undefined
  onClose: () => void
}

/** Makes a preset, or changes one. */
export function PresetForm({ preset, onClose }: PresetFormProps) {
  const [form, setForm] = useState(() => startOf(preset))
  const [terms, setTerms] = useState(() => termsOf(preset?.compel_weights ?? null))
  const change = (part: Partial<typeof START>) => setForm({ ...form, ...part })
  const client = useQueryClient()
  const save = useMutation({
    mutationFn: () => {
      const { temperature, max_tokens, ...rest } = form
      const weights = weightsOf(terms)
      const body = {
        ...rest,
        preset_name: form.preset_name.trim(),
        preset_description: form.preset_description.trim() || null,
        auto_enhancement: form.enable_qwen && form.auto_enhancement,
        compel_weights: form.enable_compel && Object.keys(weights).length ? weights : null,
        qwen_settings:
          form.enable_qwen && (temperature !== null || max_tokens !== null)
            ? { temperature, max_tokens }
            : null,
      }
      return preset
        ? sdk.changePreset({ path: { preset_id: preset.id }, body })
        : sdk.makePreset({ body })
    },
    onSuccess: async () => {
      onClose()
      await client.invalidateQueries({ queryKey: keys.presets })
    },
  })
  const { error } = save
  const atName =
    error instanceof ApiError &&
    (error.field === 'preset_name' || error.code === 'preset_name_taken')
  const ready = form.preset_name.trim() !== ''
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready) save.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      centered
      title={preset ? preset.preset_name : 'New preset'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form className={panel.form} onSubmit={submit} aria-label="Preset">
        <TextInput
          label="Name"
          size="md"
          maxLength={100}
          autoComplete="off"
          data-autofocus
          value={form.preset_name}
          error={error && atName ? sentenceOf(error) : undefined}
          onChange={(event) => change({ preset_name: event.currentTarget.value })}
        />
        <TextInput
          label="Description"
          description="What it is good for; people read it when they choose."
          size="md"
          maxLength={500}
          value={form.preset_description}
          onChange={(event) => change({ preset_description: event.currentTarget.value })}
        />
        <Switch
          label="Recommend it: it stands first"
          checked={form.is_recommended}
          onChange={(event) => change({ is_recommended: event.currentTarget.checked })}
        />
        <Switch
          label="Rewrite the prompt"
          checked={form.enable_qwen}
          onChange={(event) => change({ enable_qwen: event.currentTarget.checked })}
        />
        {form.enable_qwen ? (
          <div className={classes.nested}>
            <Switch
              label="Without being asked for it"
              checked={form.auto_enhancement}
              onChange={(event) => change({ auto_enhancement: event.currentTarget.checked })}
            />
            <div className={classes.pair}>
              <NumberInput
                label="Temperature"
                description="0 is dry, 2 is wild; empty for as usual."
                min={0}
                max={2}
                step={0.1}
                decimalScale={2}
                value={form.temperature ?? ''}
                onChange={(value) =>
                  change({ temperature: typeof value === 'number' ? value : null })
                }
              />
              <NumberInput
                label="Longest rewriting, in tokens"
                description="From 8 to 200; empty for as usual."
                min={8}
                max={200}
                allowDecimal={false}
                value={form.max_tokens ?? ''}
                onChange={(value) =>
                  change({ max_tokens: typeof value === 'number' ? value : null })
                }
              />
            </div>
          </div>
        ) : null}
        <Switch
          label="Weigh terms of it"
          checked={form.enable_compel}
          onChange={(event) => change({ enable_compel: event.currentTarget.checked })}
        />
        {form.enable_compel ? (
          <div className={classes.nested}>
            <TermWeights terms={terms} onChange={setTerms} />
          </div>
        ) : null}
        {error && !atName ? (
          <p className={panel.error} role="alert">
            {sentenceOf(error)}
          </p>
        ) : null}
        <div className={panel.actions}>
          <Button type="submit" loading={save.isPending} disabled={!ready}>
            {preset ? 'Save' : 'Make the preset'}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
