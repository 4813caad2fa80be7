import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useQueryClient,
} from '@tanstack/react-query'
import { useCallback } from 'react'
import { sdk, type ListModelFilesData, type ModelFileOut } from '@/api'
import { keys } from '@/api/keys'

export type ModelsFilter = NonNullable<ListModelFilesData['query']>
const HASHING_MS = 2000

export const modelFiles = (filter: ModelsFilter) =>
  infiniteQueryOptions({
    queryKey: keys.modelFilesList(filter),
    queryFn: ({ pageParam, signal }) =>
      sdk.listModelFiles({ query: { ...filter, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor,
    placeholderData: keepPreviousData,
    // While sums are being found, their progress is shown.
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some(isHashing)) ? HASHING_MS : false,
  })

export const isHashing = (file: ModelFileOut): boolean =>
  file.sha256 === null && !file.fault && file.missing_since === null

export const modelShelf = queryOptions({
  queryKey: keys.modelShelf,
  queryFn: () => sdk.readModelShelf(),
})

export const modelUploads = queryOptions({
  queryKey: keys.modelUploads,
  queryFn: async () => (await sdk.listModelUploads()).items,
})

/** Reads everything again that a model which came or went changes. */
export function useModelsChanged() {
  const client = useQueryClient()
  return useCallback(
    () =>
      Promise.all(
        [keys.modelFiles, keys.modelShelf, keys.modelUploads, keys.jobTypes, keys.engines].map(
          (queryKey) => client.invalidateQueries({ queryKey }),
        ),
      ),
    [client],
  )
}
