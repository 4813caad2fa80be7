import { useMutationState } from '@tanstack/react-query'
import { MAKE, type Making } from '@/features/jobs/actions'
import { MediaTile } from '@/ui/MediaTile'
import { gridColumns, layoutOf } from './grouping'
import classes from './JobGroup.module.css'

/** Jobs that are on their way to the studio, in the shape that they will have. */
export function MakingGroups({ width }: { width: number }) {
  const makings = useMutationState({
    filters: { mutationKey: MAKE, status: 'pending' },
    select: (mutation) => mutation.state.variables as Making,
  })
  return makings.map((making) => {
    const cards = making.body.count ?? 1
    return (
      <article key={making.idempotencyKey} className={classes.group} aria-busy>
        <header className={classes.head}>
          <div className={classes.words}>
            <div className={classes.prompt}>{making.body.prompt}</div>
            <div className={classes.meta}>
              <span className={classes.live}>sending…</span>
            </div>
          </div>
        </header>
        <div
          className={classes.cards}
          style={gridColumns(layoutOf(width, cards, making.width / making.height))}
        >
          {Array.from({ length: cards }, (_, at) => (
            <MediaTile key={at} width={making.width} height={making.height} alt="" waiting />
          ))}
        </div>
      </article>
    )
  })
}
