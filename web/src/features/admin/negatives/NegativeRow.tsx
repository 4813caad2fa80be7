import { ActionIcon, Switch } from '@mantine/core'
import {
  IconChevronDown,
  IconChevronUp,
  IconGripVertical,
  IconPencil,
  IconTrash,
} from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { sdk, sentenceOf, type NegativePromptOut } from '@/api'
import { count } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import { deleteSoon } from '@/app/deletion'
import panel from '../panel.module.css'
import { NegativeForm } from './NegativeForm'
import classes from './negatives.module.css'
import { pathOf } from './path'
import { useNegativesChanged } from './useNegativesChanged'

interface NegativeRowProps {
  item: NegativePromptOut
  first: boolean
  last: boolean
  onUp: () => void
  onDown: () => void
}

/** A negative prompt: it is moved, changed, switched off and deleted here. */
export function NegativeRow({ item, first, last, onUp, onDown }: NegativeRowProps) {
  const [editing, setEditing] = useState(false)
  const changed = useNegativesChanged()
  const path = { negative_id: item.id }
  const toggle = useMutation({
    mutationFn: (on: boolean) =>
      sdk.changeNegativePrompt({ path, body: { is_active: on } }).then(changed),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
  })
  if (editing) {
    return (
      <NegativeForm
        mode={item.content_mode as 'sfw' | 'nsfw'}
        item={item}
        onClose={() => setEditing(false)}
      />
    )
  }
  const name = item.negative_prompt
  return (
    <div className={classes.row} data-off={!item.is_active || undefined}>
      <IconGripVertical size={18} stroke={1.7} className={classes.grip} aria-hidden />
      <div className={panel.grow}>
        <div>{name}</div>
        <div className={panel.hint}>
          {count(item.tokens, 'token')}
          {item.description ? ` · ${item.description}` : ''}
          {item.is_active ? '' : ' · off'}
        </div>
      </div>
      <span className={classes.tools}>
        <ActionIcon size={36} disabled={first} aria-label={`Move up: ${name}`} onClick={onUp}>
          <IconChevronUp size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
        <ActionIcon size={36} disabled={last} aria-label={`Move down: ${name}`} onClick={onDown}>
          <IconChevronDown size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
        <ActionIcon size={36} aria-label={`Edit: ${name}`} onClick={() => setEditing(true)}>
          <IconPencil size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
        <ActionIcon
          size={36}
          aria-label={`Delete: ${name}`}
          onClick={() =>
            deleteSoon({
              path: pathOf(item),
              text: `“${name}” is deleted`,
              run: () => sdk.deleteNegativePrompt({ path }),
              onDone: changed,
            })
          }
        >
          <IconTrash size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
        <Switch
          size="md"
          aria-label={`Used: ${name}`}
          checked={toggle.isPending ? toggle.variables : item.is_active}
          onChange={(event) => toggle.mutate(event.currentTarget.checked)}
        />
      </span>
    </div>
  )
}
