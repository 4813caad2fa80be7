import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type NegativePromptOut } from '@/api'
import { nameOf } from '../templates/kinds'
import panel from '../panel.module.css'
import classes from './negatives.module.css'
import { useNegativesChanged } from './useNegativesChanged'

interface NegativeFormProps {
  mode: 'sfw' | 'nsfw'
  /** The one that is changed; without it, one is added at the end. */
  item?: NegativePromptOut
  onClose?: () => void
}

/** Adds a negative prompt to a list, or changes one. */
export function NegativeForm({ mode, item, onClose }: NegativeFormProps) {
  const [text, setText] = useState(item?.negative_prompt ?? '')
  const [about, setAbout] = useState(item?.description ?? '')
  const changed = useNegativesChanged()
  const save = useMutation({
    mutationFn: async () => {
      const body = { negative_prompt: text.trim(), description: about.trim() || null }
      await (item
        ? sdk.changeNegativePrompt({ path: { negative_id: item.id }, body })
        : sdk.makeNegativePrompt({ body: { ...body, model_type: 'sdxl', content_mode: mode } }))
      await changed()
    },
    onSuccess: () => {
      if (!item) {
        setText('')
        setAbout('')
      }
      onClose?.()
    },
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (text.trim()) save.mutate()
  }
  return (
    <form
      className={`${panel.form} ${classes.form}`}
      onSubmit={submit}
      aria-label={item ? `Edit ${item.negative_prompt}` : `Add a negative prompt, ${nameOf(mode)}`}
    >
      <TextInput
        label={item ? 'Words' : 'Add words'}
        placeholder="blurry, watermark"
        size="md"
        maxLength={2000}
        autoComplete="off"
        data-autofocus={item ? true : undefined}
        value={text}
        error={save.isError ? sentenceOf(save.error) : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value)
          if (save.isError) save.reset()
        }}
      />
      <TextInput
        label="What for"
        size="md"
        maxLength={500}
        autoComplete="off"
        value={about}
        onChange={(event) => setAbout(event.currentTarget.value)}
      />
      <div className={panel.actions}>
        <Button
          type="submit"
          size="md"
          variant={item ? 'filled' : 'default'}
          loading={save.isPending}
          disabled={!text.trim()}
        >
          {item ? 'Save' : 'Add'}
        </Button>
        {onClose ? (
          <Button size="md" variant="subtle" color="gray" onClick={onClose}>
            Leave it
          </Button>
        ) : null}
      </div>
    </form>
  )
}
