import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type DragEvent } from 'react'
import { sdk, sentenceOf, type NegativePromptOut } from '@/api'
import { keys } from '@/api/keys'
import { showToast } from '@/ui/toastStore'
import { useGoing } from '@/app/deletion'
import panel from '../panel.module.css'
import classes from './negatives.module.css'
import { NegativeForm } from './NegativeForm'
import { NegativeRow } from './NegativeRow'
import { moveTo } from './order'
import { pathOf } from './path'
import { useNegativesChanged } from './useNegativesChanged'

interface NegativeListProps {
  mode: 'sfw' | 'nsfw'
  items: readonly NegativePromptOut[]
}

/** The negative prompts of a mode, in the order in which they are joined until the room is full. */
export function NegativeList({ mode, items }: NegativeListProps) {
  const going = useGoing()
  const order = useOrder(mode, items)
  const [dragged, setDragged] = useState<string | null>(null)
  const shown = order.items.filter((each) => !going.has(pathOf(each)))
  const firstOut = shown.find((each) => each.is_active && !each.fits)
  /** Puts one where another stands; those that are being deleted keep their place. */
  const put = (id: string, at: NegativePromptOut | undefined) => {
    const ids = order.items.map((each) => each.id)
    if (at && at.id !== id) order.run(moveTo(ids, id, ids.indexOf(at.id)))
  }
  const drop = (event: DragEvent, at: NegativePromptOut) => {
    event.preventDefault()
    if (dragged) put(dragged, at)
    setDragged(null)
  }
  return (
    <>
      {shown.length === 0 ? (
        <p className={panel.hint}>
          Nothing is left out yet. Add what pictures should never have, such as “blurry” or
          “watermark”.
        </p>
      ) : null}
      <ol className={panel.rows} aria-label="Negative prompts">
        {shown.map((item, at) => (
          <li
            key={item.id}
            className={classes.item}
            data-dragged={dragged === item.id || undefined}
            draggable
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = 'move'
              event.dataTransfer.setData('text/plain', item.negative_prompt)
              setDragged(item.id)
            }}
            onDragEnd={() => setDragged(null)}
            onDragOver={(event) => {
              if (dragged) event.preventDefault()
            }}
            onDrop={(event) => drop(event, item)}
          >
            {item === firstOut ? (
              <p className={classes.full}>The model reads no further: what follows is left away.</p>
            ) : null}
            <NegativeRow
              item={item}
              first={at === 0}
              last={at === shown.length - 1}
              onUp={() => put(item.id, shown[at - 1])}
              onDown={() => put(item.id, shown[at + 1])}
            />
          </li>
        ))}
      </ol>
      <NegativeForm mode={mode} />
    </>
  )
}

/** The items in the order that was asked for last, and how another is asked for. */
function useOrder(mode: NegativeListProps['mode'], items: readonly NegativePromptOut[]) {
  const client = useQueryClient()
  const changed = useNegativesChanged()
  const { mutate, isPending, variables } = useMutation({
    // Moves that follow quickly are sent one after the other, so that the last one counts.
    scope: { id: `negatives-${mode}` },
    mutationFn: (ids: string[]) =>
      sdk.orderNegativePrompts({ body: { model_type: 'sdxl', content_mode: mode, ids } }),
    onSuccess: (page) => {
      client.setQueryData<NegativePromptOut[]>(keys.negatives, (all) => [
        ...(all ?? []).filter((each) => each.content_mode !== mode),
        ...page.items,
      ])
      void changed()
    },
    onError: (error) => {
      showToast({ text: sentenceOf(error), tone: 'error' })
      void changed()
    },
  })
  const asked = isPending ? variables : null
  return {
    items: asked ? asked.flatMap((id) => items.find((each) => each.id === id) ?? []) : [...items],
    run: mutate,
  }
}
