import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  type QueryClient,
} from '@tanstack/react-query'
import { sdk } from '@/api'
import { keys } from '@/api/keys'

type ExpandBody = Parameters<typeof sdk.expandPrompt>[0]['body']

/** The prompts that jobs were made with, the last used first. */
export const remembered = (filter: { search?: string; favorites?: boolean }) =>
  infiniteQueryOptions({
    queryKey: keys.bookHistory(filter),
    queryFn: ({ pageParam, signal }) =>
      sdk.listRememberedPrompts({ query: { ...filter, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor,
    placeholderData: keepPreviousData,
    // Every job that is made adds to it.
    staleTime: 0,
  })

export const snippets = queryOptions({
  queryKey: keys.bookSnippets,
  queryFn: async () => (await sdk.listPromptSnippets()).items,
})

export const lists = queryOptions({
  queryKey: keys.bookLists,
  queryFn: async () => (await sdk.listPromptLists()).items,
})

/** The prompts that one prompt stands for. */
export const expansion = (body: ExpandBody) =>
  queryOptions({
    queryKey: keys.expansion(body),
    queryFn: ({ signal }) => sdk.expandPrompt({ body, signal }),
    placeholderData: keepPreviousData,
  })

export const bookChanged = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: keys.book })
