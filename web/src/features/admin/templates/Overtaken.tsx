import { Button } from '@mantine/core'
import type { TemplateDetailOut, VersionOut } from '@/api'
import panel from '../panel.module.css'
import classes from './template.module.css'
import { VersionDiff } from './VersionDiff'

interface OvertakenProps {
  template: TemplateDetailOut
  /** The version that the person's text is based on. */
  from: number
  latest: VersionOut
  onKeep: () => void
  onDrop: () => void
}

/** Said when somebody saved a version while the person wrote: what it changed, and two ways on. */
export function Overtaken({ template, from, latest, onKeep, onDrop }: OvertakenProps) {
  return (
    <section className={classes.overtaken} role="alert" aria-label="Saved meanwhile">
      <p>
        <strong>
          {latest.author ?? 'Somebody'} saved version {latest.number} meanwhile
        </strong>
        : {latest.message}. Nothing of yours is lost.
      </p>
      <VersionDiff templateId={template.id} from={from} to={latest.number} />
      <div className={panel.actions}>
        <Button variant="default" onClick={onKeep}>
          Save mine on top of it
        </Button>
        <Button variant="subtle" color="gray" onClick={onDrop}>
          Take theirs, drop mine
        </Button>
      </div>
    </section>
  )
}
