import { ActionIcon, Tooltip } from '@mantine/core'
import {
  IconGridDots,
  IconHeart,
  IconHeartFilled,
  IconLayoutGrid,
  IconMovie,
  IconPhoto,
  IconSquare,
  type Icon,
} from '@tabler/icons-react'
import type { ReactNode, RefObject } from 'react'
import { SearchField } from '@/ui/SearchField'
import type { MediaType } from './search'
import { SIZES, type TileSize } from './sizes'
import classes from './Toolbar.module.css'

const ICONS: Record<TileSize, Icon> = {
  small: IconGridDots,
  medium: IconLayoutGrid,
  large: IconSquare,
}

const TYPES: readonly { type: MediaType; label: string; icon: Icon }[] = [
  { type: 'image', label: 'Pictures', icon: IconPhoto },
  { type: 'video', label: 'Clips', icon: IconMovie },
]

interface ToolbarProps {
  q: string
  favourites: boolean
  type: MediaType | null
  size: TileSize
  said: ReactNode
  field: RefObject<HTMLInputElement | null>
  onSearch: (q: string) => void
  onFavourites: (favourites: boolean) => void
  onType: (type: MediaType | null) => void
  onSize: (size: TileSize) => void
}

/** Search, favourites, pictures or clips, and how large the tiles are. */
export function Toolbar(props: ToolbarProps) {
  const { favourites, size } = props
  const Heart = favourites ? IconHeartFilled : IconHeart
  const SizeIcon = ICONS[size]
  const next = SIZES[(SIZES.indexOf(size) + 1) % SIZES.length] ?? 'medium'
  return (
    <div className={classes.bar}>
      <h1 className={classes.heading}>Library</h1>
      <SearchField
        q={props.q}
        onSearch={props.onSearch}
        label="Search the library"
        placeholder="Search titles, tags and prompts"
        field={props.field}
      />
      <button
        type="button"
        className={classes.toggle}
        aria-pressed={favourites}
        aria-label="Favourites only"
        onClick={() => props.onFavourites(!favourites)}
      >
        <Heart size={18} stroke={1.7} aria-hidden />
        <span className={classes.wide}>Favourites</span>
      </button>
      {TYPES.map(({ type, label, icon: Picture }) => (
        <button
          key={type}
          type="button"
          className={classes.toggle}
          aria-pressed={props.type === type}
          aria-label={`${label} only`}
          onClick={() => props.onType(props.type === type ? null : type)}
        >
          <Picture size={18} stroke={1.7} aria-hidden />
          <span className={classes.wide}>{label}</span>
        </button>
      ))}
      <span className={classes.said} role="status">
        {props.said}
      </span>
      <Tooltip label={`Pictures: ${size}`}>
        <ActionIcon
          className={classes.size}
          size={44}
          aria-label={`Pictures are ${size}: make them ${next}`}
          onClick={() => props.onSize(next)}
        >
          <SizeIcon size={20} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}
