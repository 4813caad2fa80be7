/** How large pictures stand in the grid. */
export type TileSize = 'small' | 'medium' | 'large'

export const SIZES: readonly TileSize[] = ['small', 'medium', 'large']

/** Pixels that rows come near to, on a desk and on a phone. */
export const ROW_HEIGHTS: Record<TileSize, { desk: number; phone: number }> = {
  small: { desk: 150, phone: 96 },
  medium: { desk: 230, phone: 150 },
  large: { desk: 360, phone: 260 },
}

export const isTileSize = (value: unknown): value is TileSize =>
  SIZES.some((size) => size === value)
