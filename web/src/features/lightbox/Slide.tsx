import { useState, type CSSProperties } from 'react'
import { placeholderOf } from '@/ui/placeholder'
import type { ViewerItem } from './contract'
import classes from './Stage.module.css'
import type { View } from './view'

/** From this zoom on, single pixels are wanted, not a smooth picture. */
const PIXELS = 4

/** One picture in the stage: the small one at once, the whole one as soon as it is there. */
export function Slide({ item, view, label }: { item: ViewerItem; view: View; label?: string }) {
  const [ready, setReady] = useState(false)
  const [failed, setFailed] = useState(false)
  const width = item.width * view.zoom
  const height = item.height * view.zoom
  const placeholder = placeholderOf(item.thumbhash)
  const style: CSSProperties = {
    width,
    height,
    transform: `translate(${view.x - width / 2}px, ${view.y - height / 2}px)`,
    ...(placeholder && !ready ? { backgroundImage: `url(${placeholder})` } : {}),
    ...(view.zoom >= PIXELS ? { imageRendering: 'pixelated' } : {}),
  }
  if (item.mimeType.startsWith('video/')) {
    return (
      <video
        className={classes.picture}
        style={style}
        src={item.url}
        poster={item.thumbnailUrl}
        controls
        loop
        muted
        playsInline
        aria-label={label ?? item.prompt}
      />
    )
  }
  return (
    <div className={classes.picture} style={style}>
      {ready ? null : <img src={item.thumbnailUrl} alt="" draggable={false} decoding="async" />}
      {failed ? (
        <p className={classes.failed} role="alert">
          The file could not be read. Close the viewer and open it again.
        </p>
      ) : (
        <img
          src={item.url}
          alt={label ?? item.title ?? item.prompt}
          draggable={false}
          decoding="async"
          onLoad={() => setReady(true)}
          onError={() => setFailed(true)}
        />
      )}
    </div>
  )
}
