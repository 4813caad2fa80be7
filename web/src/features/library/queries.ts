import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { sdk } from '@/api'
import { keys } from '@/api/keys'

/** Assets of one reading. */
const LIMIT = 100

export const libraryList = (q: string, favorite: boolean) =>
  infiniteQueryOptions({
    queryKey: keys.libraryList({ q, favorite }),
    queryFn: ({ pageParam, signal }) =>
      sdk.listLibraryAssets({
        query: {
          limit: LIMIT,
          cursor: pageParam,
          ...(q ? { q } : {}),
          ...(favorite ? { favorite } : {}),
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
