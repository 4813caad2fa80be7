import { ActionIcon, Button } from '@mantine/core'
import { IconAdjustmentsAlt, IconPencil, IconPlus, IconStar, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sdk, sentenceOf, type PresetOut } from '@/api'
import { keys } from '@/api/keys'
import { RowsSkeleton } from '@/features/account/Panel'
import { effectOf, presets } from '@/features/prompting/presets'
import { count, times } from '@/ui/format'
import { EmptyState, ErrorState } from '@/ui/States'
import { deleteSoon, useGoing } from '@/app/deletion'
import panel from '../panel.module.css'
import rows from '../rows.module.css'
import tag from '../StateTag.module.css'
import { PresetForm } from './PresetForm'

const pathOf = (preset: PresetOut) => `/api/prompts/presets/${preset.id}`

/** The presets that people choose from beside their prompt. */
export default function PresetsPage() {
  const list = useQuery(presets)
  const going = useGoing()
  const [opened, setOpened] = useState<PresetOut | 'new' | null>(null)
  const shown = list.data?.filter((preset) => !going.has(pathOf(preset)))
  return (
    <>
      <header className={rows.head}>
        <h1 className={rows.heading}>Presets</h1>
        <span className={rows.said} role="status">
          {shown ? count(shown.length, 'preset') : ''}
        </span>
        <Button
          leftSection={<IconPlus size={18} stroke={1.7} aria-hidden />}
          onClick={() => setOpened('new')}
        >
          New preset
        </Button>
      </header>
      {list.isPending ? <RowsSkeleton rows={4} height={64} /> : null}
      {list.isError && !list.data ? (
        <ErrorState
          title="The presets could not be read"
          reason={sentenceOf(list.error)}
          onRetry={() => void list.refetch()}
        />
      ) : null}
      {shown?.length === 0 ? (
        <EmptyState
          icon={IconAdjustmentsAlt}
          title="No presets yet"
          actions={<Button onClick={() => setOpened('new')}>Make the first preset</Button>}
        >
          A preset says in one choice how a prompt is treated: whether it is rewritten, and which
          terms count for more.
        </EmptyState>
      ) : null}
      <ul className={panel.cards}>
        {shown?.map((preset) => (
          <Row key={preset.id} preset={preset} onEdit={() => setOpened(preset)} />
        ))}
      </ul>
      {opened ? (
        <PresetForm
          preset={opened === 'new' ? undefined : opened}
          onClose={() => setOpened(null)}
        />
      ) : null}
    </>
  )
}

function Row({ preset, onEdit }: { preset: PresetOut; onEdit: () => void }) {
  const client = useQueryClient()
  return (
    <li className={panel.row}>
      <div className={panel.grow}>
        <div>
          {preset.preset_name}{' '}
          {preset.is_recommended ? (
            <span className={tag.tag}>
              <IconStar size={14} stroke={1.7} aria-hidden /> recommended
            </span>
          ) : null}
        </div>
        <div className={panel.hint}>
          {effectOf(preset)} {preset.preset_description}
        </div>
        <div className={panel.hint}>{usesSaid(preset)}</div>
      </div>
      <ActionIcon size={44} aria-label={`Edit ${preset.preset_name}`} onClick={onEdit}>
        <IconPencil size={18} stroke={1.7} aria-hidden />
      </ActionIcon>
      <ActionIcon
        size={44}
        aria-label={`Delete ${preset.preset_name}`}
        onClick={() =>
          deleteSoon({
            path: pathOf(preset),
            text: `The preset ${preset.preset_name} is deleted`,
            run: () => sdk.deletePreset({ path: { preset_id: preset.id } }),
            onDone: () => client.invalidateQueries({ queryKey: keys.presets }),
          })
        }
      >
        <IconTrash size={18} stroke={1.7} aria-hidden />
      </ActionIcon>
    </li>
  )
}

function usesSaid({ usage_count: uses, avg_quality: average }: PresetOut): string {
  if (uses === 0) return 'Not used yet'
  return `Used ${times(uses)}${average === null ? ', not rated yet' : `, rated ${average.toFixed(1)} of 10`}`
}
