import { Button, CloseButton } from '@mantine/core'
import { IconSparkles } from '@tabler/icons-react'
import { diffPrompts } from './diff'
import { patchDraft, type Draft, type Improved } from './draft'
import classes from './Composer.module.css'

/** A rewriting beneath the prompt: what is new is marked, and all of it can be edited. */
export function ImprovedPart({ draft, improved }: { draft: Draft; improved: Improved }) {
  const { segments, removed } = diffPrompts(improved.source, improved.text)
  const stale = improved.source !== draft.prompt.trim()
  const patch = (change: Partial<Improved>) => patchDraft({ improved: { ...improved, ...change } })
  return (
    <div className={classes.part}>
      <div className={classes.partHead}>
        <IconSparkles size={16} stroke={1.7} aria-hidden />
        <strong>Improved</strong> {improved.by}
        <span className={classes.spacer} />
        {improved.inUse && !stale ? (
          <Button variant="subtle" color="gray" size="xs" onClick={() => patch({ inUse: false })}>
            In use: go back to mine
          </Button>
        ) : (
          <Button
            variant="default"
            size="xs"
            disabled={stale}
            onClick={() => patch({ inUse: true })}
          >
            Use
          </Button>
        )}
        <CloseButton
          size="sm"
          aria-label="Discard the improved prompt"
          onClick={() => patchDraft({ improved: null })}
        />
      </div>
      <div className={classes.mirrored}>
        <div className={classes.mirror} aria-hidden>
          {segments.map((segment, at) =>
            segment.added ? (
              <mark key={at}>{segment.text}</mark>
            ) : (
              <span key={at}>{segment.text}</span>
            ),
          )}
          {'​'}
        </div>
        <textarea
          aria-label="Improved prompt"
          spellCheck
          value={improved.text}
          onChange={(event) => patch({ text: event.currentTarget.value })}
        />
      </div>
      {stale ? (
        <p className={`${classes.hint} ${classes.stale}`}>
          Your prompt has changed since. Improve it again, or make it as it is.
        </p>
      ) : null}
      {removed.length ? (
        <p className={classes.hint}>
          Left out: <span className={classes.removed}>{removed.join(' ')}</span>
        </p>
      ) : null}
      {improved.cut.length ? (
        <p className={classes.hint}>Did not fit: {improved.cut.join(', ')}</p>
      ) : null}
      {improved.notes.map((note) => (
        <p key={note} className={classes.hint}>
          {note}
        </p>
      ))}
    </div>
  )
}
