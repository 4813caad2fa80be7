import { Button } from '@mantine/core'
import { IconSparkles } from '@tabler/icons-react'
import classes from './Composer.module.css'

/** What the model writes, while it does; not all of it gets into the prompt. */
export function ImprovingPart({ written, onStop }: { written: string; onStop: () => void }) {
  return (
    <div className={classes.part}>
      <div className={classes.partHead}>
        <IconSparkles size={16} stroke={1.7} aria-hidden />
        <strong>Improving</strong>
        <span className={classes.spacer} />
        <Button variant="subtle" color="gray" size="xs" onClick={onStop}>
          Stop
        </Button>
      </div>
      <p className={classes.hint} aria-live="polite">
        {written.trim() || 'Looking for words…'}
      </p>
    </div>
  )
}
