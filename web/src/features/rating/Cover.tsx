import { uncover } from './cover'
import { CoverMark } from './CoverMark'
import classes from './rating.module.css'

/** Lies over a covered picture; choosing it shows the picture. */
export function Cover({ id, tabIndex }: { id: string; tabIndex?: number }) {
  return (
    <button
      type="button"
      className={classes.cover}
      aria-label="Show this picture, which is for adults"
      tabIndex={tabIndex}
      onClick={(event) => {
        event.stopPropagation()
        uncover(id)
      }}
    >
      <CoverMark />
    </button>
  )
}
