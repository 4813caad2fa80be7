import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { LibraryAssetOut } from '@/api'
import { keys } from '@/api/keys'

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

function isListed(client: QueryClient, id: string): boolean {
  return client
    .getQueriesData<LibraryPages>({ queryKey: LISTS })
    .some(([, list]) => list?.pages.some((page) => page.items.some((asset) => asset.id === id)))
}

/** Puts an asset that was just read into the lists; one that none of them knows makes them stale. */
export function storeLibraryAsset(client: QueryClient, asset: LibraryAssetOut): void {
  client.setQueryData(keys.libraryAsset(asset.id), asset)
  if (!isListed(client, asset.id)) {
    void client.invalidateQueries({ queryKey: LISTS })
    return
  }
  client.setQueriesData<LibraryPages>({ queryKey: LISTS }, (list) =>
    mapItems(list, (items) => items.map((each) => (each.id === asset.id ? asset : each))),
  )
}

/** Takes an asset that is gone out of the lists. */
export function removeLibraryAsset(client: QueryClient, id: string): void {
  client.removeQueries({ queryKey: keys.libraryAsset(id) })
  client.setQueriesData<LibraryPages>({ queryKey: LISTS }, (list) =>
    mapItems(list, (items) => items.filter((each) => each.id !== id)),
  )
}
