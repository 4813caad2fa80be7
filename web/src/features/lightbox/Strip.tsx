import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { RatedTile } from '@/features/rating/RatedTile'
import type { ViewerItem } from './contract'
import classes from './Lightbox.module.css'

interface StripProps {
  batch: readonly ViewerItem[]
  item: ViewerItem
  other: ViewerItem | null
  onPick: (item: ViewerItem) => void
}

/** The pictures that were made together; in a comparison it chooses the second one. */
export function Strip({ batch, item, other, onPick }: StripProps) {
  const verb = other ? 'Compare with' : 'Show'
  return (
    <div className={classes.strip} role="group" aria-label="Pictures of this batch">
      {batch.map((each, at) => {
        const mark = each.id === item.id ? 'A' : each.id === other?.id ? 'B' : null
        const current = each.id === item.id
        return (
          <button
            key={each.id}
            type="button"
            className={`${classes.thumb} ${mark ? classes.chosen : ''}`}
            style={{ aspectRatio: `${each.width} / ${each.height}` }}
            aria-label={`${verb} ${at + 1} of ${batch.length}`}
            aria-current={current}
            disabled={other !== null && current}
            onClick={() => onPick(each)}
          >
            <RatedTile
              of={each}
              fill
              width={each.width}
              height={each.height}
              src={each.thumbnailUrl}
              thumbhash={each.thumbhash}
              alt=""
              eager
            />
            {other && mark ? <span className={classes.mark}>{mark}</span> : null}
          </button>
        )
      })}
    </div>
  )
}

interface ArrowProps {
  side: 'left' | 'right'
  disabled: boolean
  onClick: () => void
}

function Arrow({ side, disabled, onClick }: ArrowProps) {
  const Picture = side === 'left' ? IconChevronLeft : IconChevronRight
  return (
    <button
      type="button"
      className={`${classes.arrow} ${side === 'left' ? classes.left : classes.right}`}
      aria-label={side === 'left' ? 'Previous picture' : 'Next picture'}
      disabled={disabled}
      onClick={onClick}
    >
      <Picture size={26} stroke={1.8} aria-hidden />
    </button>
  )
}

Strip.Arrow = Arrow
