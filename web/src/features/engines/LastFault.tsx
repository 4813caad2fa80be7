import { when } from '@/ui/format'
import classes from './Engines.module.css'
import type { Standing } from './facts'

/** What went wrong last with an engine, if anything did. */
export function LastFault({ fault }: { fault: Standing['fault'] }) {
  if (!fault) return null
  return (
    <p className={classes.hint}>
      Last fault, {when(fault.at)}: {fault.text}
    </p>
  )
}
