import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { sdk } from '@/api'
import { keys } from '@/api/keys'
import type { MediaType } from './search'

/** Assets of one reading. */
const LIMIT = 100

export const libraryList = (q: string, favorite: boolean, type: MediaType | null) =>
  infiniteQueryOptions({
    queryKey: keys.libraryList({ q, favorite, type }),
    queryFn: ({ pageParam, signal }) =>
      sdk.listLibraryAssets({
        query: {
          limit: LIMIT,
          cursor: pageParam,
          ...(q ? { q } : {}),
          ...(favorite ? { favorite } : {}),
          ...(type ? { type } : {}),
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    // While one types, the pictures before stay until the next ones are there.
    placeholderData: keepPreviousData,
  })

export const libraryAsset = (id: string) => ({
  queryKey: keys.libraryAsset(id),
  queryFn: () => sdk.getLibraryAsset({ path: { asset_id: id } }),
})
