import { MediaTile, type MediaTileProps } from '@/ui/MediaTile'
import { useCovered, type Rated } from './cover'

/** A small picture in a list, covered as long as its thing is. */
export function RatedTile({ of, ...props }: MediaTileProps & { of: Rated }) {
  return <MediaTile {...props} covered={useCovered(of)} />
}
