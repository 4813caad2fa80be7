import { useState, type CSSProperties, type ReactNode } from 'react'
import classes from './MediaTile.module.css'
import { placeholderOf } from './placeholder'

export interface MediaTileProps {
  /** Pixels of the whole picture: they give the tile its shape before anything is there. */
  width: number
  height: number
  alt: string
  src?: string | null
  thumbhash?: string
  /** A rough picture of what is being made. */
  preview?: string | null
  /** Still to come: a slow gleam runs over the tile. */
  waiting?: boolean
  /** Set where another element gives the size. */
  fill?: boolean
  eager?: boolean
  /** Only the placeholder is shown, which is too coarse to tell anything. */
  covered?: boolean
  className?: string
  children?: ReactNode
}

/** A picture in its true shape from the first moment: placeholder, then preview, then itself. */
export function MediaTile(props: MediaTileProps) {
  const { width, height, alt, thumbhash = '', waiting = false, fill = false } = props
  const src = props.covered ? null : props.src
  const preview = props.covered ? null : props.preview
  const [loaded, setLoaded] = useState<string | null>(null)
  const placeholder = placeholderOf(thumbhash)
  const style: CSSProperties = {
    ...(fill ? { width: '100%', height: '100%' } : { aspectRatio: `${width} / ${height}` }),
    ...(placeholder ? { backgroundImage: `url(${placeholder})` } : {}),
  }
  const ready = typeof src === 'string' && loaded === src
  const state = [classes.tile, waiting ? classes.waiting : '', props.className ?? '']
  return (
    <div className={state.join(' ')} style={style}>
      {preview && !ready ? (
        <img
          className={`${classes.layer} ${classes.preview}`}
          src={preview}
          alt=""
          decoding="async"
        />
      ) : null}
      {src ? (
        <img
          className={`${classes.layer} ${classes.picture} ${ready ? classes.ready : ''}`}
          src={src}
          alt={alt}
          width={width}
          height={height}
          decoding="async"
          loading={props.eager ? 'eager' : 'lazy'}
          draggable={false}
          onLoad={() => setLoaded(src)}
          ref={(image) => {
            if (image?.complete && image.naturalWidth > 0) setLoaded(src)
          }}
        />
      ) : null}
      {props.children}
    </div>
  )
}
