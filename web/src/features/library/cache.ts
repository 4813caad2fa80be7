import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { LibraryAssetOut } from '@/api'
import { keys, type LibraryFilter } from '@/api/keys'

export interface LibraryPage {
  items: LibraryAssetOut[]
  next_cursor: string | null
}
export type LibraryPages = InfiniteData<LibraryPage, string | null>

const LISTS = [...keys.library, 'list'] as const

function mapItems(
  list: LibraryPages | undefined,
  change: (items: LibraryAssetOut[]) => LibraryAssetOut[],
): LibraryPages | undefined {
  return (
    list && { ...list, pages: list.pages.map((page) => ({ ...page, items: change(page.items) })) }
  )
}

const holds = (list: LibraryPages, id: string): boolean =>
  list.pages.some((page) => page.items.some((asset) => asset.id === id))

/**
 * Puts an asset that was just read into the lists. A list that has it shows it as it is now, and
 * keeps it in its place until it is read anew, even where its filter no longer fits: nothing jumps
 * away under the pointer. A list that lacks it but may want it is read anew.
 */
export function storeLibraryAsset(client: QueryClient, asset: LibraryAssetOut): void {
  client.setQueryData(keys.libraryAsset(asset.id), asset)
  const lists = client.getQueriesData<LibraryPages>({ queryKey: LISTS })
  const known = lists.some(([, list]) => list && holds(list, asset.id))
  for (const [queryKey, list] of lists) {
    const filter = queryKey[2] as LibraryFilter
    const narrow = filter.q !== '' || filter.favorite || filter.type !== null
    const fits =
      (asset.is_favorite || !filter.favorite) &&
      (filter.type === null || filter.type === asset.asset_type)
    if (list && holds(list, asset.id)) {
      client.setQueryData<LibraryPages>(queryKey, (old) =>
        mapItems(old, (items) => items.map((each) => (each.id === asset.id ? asset : each))),
      )
      if (narrow) void client.invalidateQueries({ queryKey, exact: true, refetchType: 'none' })
    } else if (narrow ? fits : !known) {
      void client.invalidateQueries({ queryKey, exact: true })
    }
  }
}

/** Takes an asset that is gone out of the lists. */
export function removeLibraryAsset(client: QueryClient, id: string): void {
  client.removeQueries({ queryKey: keys.libraryAsset(id) })
  client.setQueriesData<LibraryPages>({ queryKey: LISTS }, (list) =>
    mapItems(list, (items) => items.filter((each) => each.id !== id)),
  )
}

/** All assets of a list in one row; one that moved between two readings of pages stands once. */
export function assetsOf(
  list: { pages: readonly Pick<LibraryPage, 'items'>[] } | undefined,
): LibraryAssetOut[] {
  const seen = new Set<string>()
  return (list?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((asset) => !seen.has(asset.id) && seen.add(asset.id))
}
