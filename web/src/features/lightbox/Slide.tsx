import { useQueryClient } from '@tanstack/react-query'
import { useState, type CSSProperties, type RefCallback } from 'react'
import { keys } from '@/api/keys'
import { Cover } from '@/features/rating/Cover'
import { useCovered } from '@/features/rating/cover'
import { isClip } from '@/ui/format'
import { placeholderOf } from '@/ui/placeholder'
import type { ViewerItem } from './contract'
import classes from './Stage.module.css'
import type { View } from './view'

/** From this zoom on, single pixels are wanted, not a smooth picture. */
const PIXELS = 4

interface SlideProps {
  item: ViewerItem
  view: View
  label?: string
  /** Set where a clip is to play; elsewhere its poster stands for it. */
  video?: RefCallback<HTMLVideoElement> | undefined
}

/** One picture or clip in the stage: the small one at once, the whole one as soon as it is there. */
export function Slide({ item, view, label, video }: SlideProps) {
  const [ready, setReady] = useState(false)
  const covered = useCovered(item)
  const { failed, onError } = useAddressAnew(item)
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
  if (covered) {
    return (
      <div className={classes.picture} style={style}>
        <Cover id={item.id} />
      </div>
    )
  }
  const clip = isClip(item.mimeType)
  return (
    <div className={classes.picture} style={style}>
      {ready ? null : <img src={item.thumbnailUrl} alt="" draggable={false} decoding="async" />}
      {failed ? (
        <p className={classes.failed} role="alert">
          The file could not be read. It may be gone, or the studio cannot be reached.
        </p>
      ) : clip ? (
        video ? (
          <video
            ref={video}
            src={item.url}
            poster={item.thumbnailUrl}
            loop
            muted
            playsInline
            disablePictureInPicture
            aria-label={label ?? item.title ?? item.prompt}
            onLoadedData={() => setReady(true)}
            onError={onError}
          />
        ) : null
      ) : (
        <img
          src={item.url}
          alt={label ?? item.title ?? item.prompt}
          draggable={false}
          decoding="async"
          onLoad={() => setReady(true)}
          onError={onError}
        />
      )}
    </div>
  )
}

/**
 * Addresses of files run out after some hours. When one does, as on a page that was left open over
 * night, the lists are read anew once, and the picture is tried under its new address.
 */
function useAddressAnew(item: ViewerItem) {
  const client = useQueryClient()
  const [asked, setAsked] = useState<string | null>(null)
  const [failedUrl, setFailedUrl] = useState<string | null>(null)
  const onError = () => {
    setFailedUrl(item.url)
    if (asked !== null) return
    setAsked(item.url)
    void client.invalidateQueries({ queryKey: item.kind === 'kept' ? keys.library : keys.jobs })
  }
  return { failed: failedUrl === item.url, onError }
}
