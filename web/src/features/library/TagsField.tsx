import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import classes from './KeptFields.module.css'
import { MAX_TAGS, tagsIn, withTags } from './tags'

interface TagsFieldProps {
  tags: readonly string[]
  onChange: (tags: string[]) => void
  autoFocus?: boolean
}

/** Tags as chips; Enter or a comma adds what was typed, Backspace in an empty field takes the last. */
export function TagsField({ tags, onChange, autoFocus }: TagsFieldProps) {
  const [typed, setTyped] = useState('')
  const add = (text: string) => {
    setTyped('')
    const next = withTags(tags, tagsIn(text))
    if (next.length > tags.length) onChange(next)
  }
  return (
    <div className={classes.tags} role="group" aria-label="Tags">
      {tags.map((tag) => (
        <span key={tag} className={classes.tag}>
          {tag}
          <button
            type="button"
            className={classes.take}
            aria-label={`Remove the tag ${tag}`}
            onClick={() => onChange(tags.filter((each) => each !== tag))}
          >
            <IconX size={14} stroke={2} aria-hidden />
          </button>
        </span>
      ))}
      {tags.length >= MAX_TAGS ? null : (
        <input
          className={classes.typed}
          aria-label="Add a tag"
          placeholder={tags.length ? 'Add…' : 'Add tags'}
          enterKeyHint="done"
          data-autofocus={autoFocus}
          value={typed}
          onChange={(event) => {
            const { value } = event.currentTarget
            if (value.includes(',')) add(value)
            else setTyped(value)
          }}
          onBlur={() => add(typed)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              event.preventDefault()
              add(typed)
            }
            if (event.key === 'Backspace' && typed === '' && tags.length) {
              onChange(tags.slice(0, -1))
            }
          }}
        />
      )}
    </div>
  )
}
