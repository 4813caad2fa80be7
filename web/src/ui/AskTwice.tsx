import { Button } from '@mantine/core'
import { useState } from 'react'
import classes from './AskTwice.module.css'

interface AskTwiceProps {
  action: string
  /** The second button, which does it. */
  sure: string
  /** For those who do not see what it stands beside. */
  label?: string
  pending: boolean
  onSure: () => void
}

/** A button whose action ends something: it is done when it is pressed a second time. */
export function AskTwice({ action, sure, label, pending, onSure }: AskTwiceProps) {
  const [asked, setAsked] = useState(false)
  if (!asked) {
    return (
      <Button
        variant="subtle"
        color="gray"
        aria-label={label}
        loading={pending}
        onClick={() => setAsked(true)}
      >
        {action}
      </Button>
    )
  }
  return (
    <span className={classes.actions}>
      <Button
        color="red"
        variant="light"
        autoFocus
        onClick={() => {
          setAsked(false)
          onSure()
        }}
      >
        {sure}
      </Button>
      <Button variant="subtle" color="gray" onClick={() => setAsked(false)}>
        Leave it
      </Button>
    </span>
  )
}
