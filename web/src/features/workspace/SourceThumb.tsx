import { useCovered } from '@/features/rating/cover'
import { Cover } from '@/features/rating/Cover'
import classes from './Composer.module.css'
import type { DraftReference } from './draft'

interface SourceThumbProps {
  picture: DraftReference
  alt: string
  /** A PNG as an address, white in the part that is marked. */
  mask?: string | undefined
}

/** A chosen picture, small; covered as long as it is covered wherever it stands. */
export function SourceThumb({ picture, alt, mask }: SourceThumbProps) {
  const covered = useCovered({ id: picture.assetId, rating: picture.rating })
  if (covered) {
    return (
      <div className={`${classes.thumb} ${classes.covered}`}>
        <Cover id={picture.assetId} />
      </div>
    )
  }
  return (
    <div className={classes.thumb}>
      <img src={picture.thumbnailUrl} alt={alt} />
      {mask ? <div className={classes.thumbMask} style={{ maskImage: `url(${mask})` }} /> : null}
    </div>
  )
}
