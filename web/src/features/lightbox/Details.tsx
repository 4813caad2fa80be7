import { Button, CloseButton } from '@mantine/core'
import { IconAdjustments } from '@tabler/icons-react'
import { useRef, type PointerEvent, type ReactNode } from 'react'
import { sentenceOf } from '@/api'
import { KeptFields } from '@/features/library/KeptFields'
import { diffPrompts } from '@/features/workspace/diff'
import type { ViewerActions, ViewerItem } from './contract'
import classes from './Details.module.css'
import { FactList, TextFact } from './FactList'
import { JobRating } from './JobRating'
import { effectiveFacts, makingFacts, promptsOf, rewritingFor, wholeDraft } from './facts'
import { useDetails } from './useDetails'

interface DetailsProps {
  item: ViewerItem
  actions: ViewerActions
  /** Drawn as a sheet from below, on a phone. */
  sheet: boolean
  bar: ReactNode
  onClose: () => void
}

/** All that is known about the picture, each with *copy* and, where it can be made from, *use*. */
export function Details({ item, actions, sheet, bar, onClose }: DetailsProps) {
  const { made, file, kept, engine, error, retry } = useDetails(item)
  const { original, final, negative } = promptsOf(item, made)
  const { use } = actions
  const reported = made ? effectiveFacts(made) : []
  const pull = usePullDown(onClose)
  return (
    <aside className={`${classes.panel} ${sheet ? classes.sheet : ''}`} aria-label="Details">
      {sheet ? (
        <div className={classes.grip} {...pull}>
          <h2 className={classes.title}>Details</h2>
          <CloseButton size={44} aria-label="Close the details" onClick={onClose} />
        </div>
      ) : null}
      {sheet ? null : <h2 className={classes.unseen}>Details</h2>}
      {bar ? <div className={classes.bar}>{bar}</div> : null}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label="All details">
        {kept ? <KeptFields key={kept.id} asset={kept} /> : null}
        <TextFact
          label="Prompt"
          text={original}
          use={use}
          patch={{ prompt: original, improved: null }}
        />
        {final === null ? null : (
          <TextFact
            label="As the engine got it"
            text={final}
            use={use}
            patch={{ prompt: original, improved: rewritingFor(original, final) }}
          >
            {diffPrompts(original, final).segments.map((part, at) =>
              part.added ? <mark key={at}>{part.text}</mark> : <span key={at}>{part.text}</span>,
            )}
          </TextFact>
        )}
        {negative ? (
          <TextFact label="Negative prompt" text={negative} use={use} patch={{ negative }} />
        ) : null}
        {made?.rewriting.cut.length ? (
          <p className={classes.hint}>Did not fit the prompt: {made.rewriting.cut.join(', ')}</p>
        ) : null}
        {made?.warnings.map((note) => (
          <p key={note.code + note.message} className={classes.warning}>
            {note.message}
          </p>
        ))}
        {item.jobId ? <JobRating key={item.jobId} jobId={item.jobId} /> : null}
        <FactList facts={makingFacts(item, made, file, engine?.name)} use={use} />
        {engine?.stand_in ? <p className={classes.hint}>{engine.summary}</p> : null}
        {use && made ? (
          <Button
            variant="default"
            fullWidth
            leftSection={<IconAdjustments size={18} stroke={1.7} />}
            onClick={() => use(wholeDraft(item, made), 'All its settings are in the draft')}
          >
            Use all of it
          </Button>
        ) : null}
        {reported.length ? (
          <details className={classes.more}>
            <summary>What the engine reported</summary>
            <FactList facts={reported} />
          </details>
        ) : null}
        {error ? (
          <div className={classes.error} role="alert">
            <p>The rest of the details could not be read. {sentenceOf(error)}</p>
            <Button variant="default" size="xs" onClick={retry}>
              Try again
            </Button>
          </div>
        ) : null}
      </div>
    </aside>
  )
}

/** Pixels that the sheet's head is pulled down to close it. */
const PULL = 60

function usePullDown(onClose: () => void) {
  const from = useRef<number | null>(null)
  return {
    onPointerDown: (event: PointerEvent) => {
      from.current = event.clientY
    },
    onPointerMove: (event: PointerEvent) => {
      if (from.current === null || event.clientY - from.current < PULL) return
      from.current = null
      onClose()
    },
    onPointerUp: () => {
      from.current = null
    },
  }
}
