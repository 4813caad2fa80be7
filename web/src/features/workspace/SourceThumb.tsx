import { useCovered } from '@/features/rating/cover'
import { Cover } from '@/features/rating/Cover'
import classes from './Composer.module.css'
import type { DraftReference } from './draft'

/** A chosen picture, small; covered as long as it is covered wherever it stands. */
export function SourceThumb({ picture, alt }: { picture: DraftReference; alt: string }) {
  const covered = useCovered({ id: picture.assetId, rating: picture.rating })
  if (!covered) return <img className={classes.thumb} src={picture.thumbnailUrl} alt={alt} />
  return (
    <div className={`${classes.thumb} ${classes.covered}`}>
      <Cover id={picture.assetId} />
    </div>
  )
}
