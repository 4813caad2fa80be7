import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  type QueryClient,
} from '@tanstack/react-query'
import { sdk, type ListPromptTemplatesData, type SimulatePromptTemplateData } from '@/api'
import { keys } from '@/api/keys'

export type TemplatesFilter = NonNullable<ListPromptTemplatesData['query']>
export type SimulatedRequest = SimulatePromptTemplateData['query']
type CheckBody = Parameters<typeof sdk.checkPromptTemplate>[0]['body']

export const templatesList = (filter: TemplatesFilter) =>
  infiniteQueryOptions({
    queryKey: keys.templatesList(filter),
    queryFn: ({ pageParam, signal }) =>
      sdk.listPromptTemplates({ query: { ...filter, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor,
    placeholderData: keepPreviousData,
  })

export const templateById = (id: string) =>
  queryOptions({
    queryKey: keys.template(id),
    queryFn: () => sdk.getPromptTemplate({ path: { template_id: id } }),
  })

/** The history of a template, newest first. */
export const templateVersions = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.templateVersions(id),
    queryFn: ({ pageParam }) =>
      sdk.listTemplateVersions({
        path: { template_id: id },
        query: pageParam === null ? {} : { before: Number(pageParam) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor,
  })

export const templateDiff = (id: string, from: number, to: number) =>
  queryOptions({
    queryKey: keys.templateDiff(id, from, to),
    queryFn: () =>
      sdk.diffTemplateVersions({ path: { template_id: id }, query: { old: from, new: to } }),
    // What a version says never changes.
    staleTime: Infinity,
  })

/** Looks at a text without saving it; the last findings stay until the next are there. */
export const templateCheck = (body: CheckBody) =>
  queryOptions({
    queryKey: keys.templateCheck(body),
    queryFn: ({ signal }) => sdk.checkPromptTemplate({ body, signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 0,
  })

export const simulation = (request: SimulatedRequest) =>
  queryOptions({
    queryKey: keys.simulation(request),
    queryFn: () => sdk.simulatePromptTemplate({ query: request }),
    placeholderData: keepPreviousData,
  })

export const coverage = queryOptions({
  queryKey: keys.coverage,
  queryFn: () => sdk.getTemplateCoverage(),
})

export const useCases = queryOptions({
  queryKey: keys.useCases,
  queryFn: async () => (await sdk.listUseCases()).items,
  staleTime: Infinity,
})

/** Reads everything anew that a change of templates may show in. */
export async function templatesChanged(client: QueryClient): Promise<void> {
  await Promise.all(
    [keys.templates, keys.promptCache, keys.studioTrail].map((queryKey) =>
      client.invalidateQueries({ queryKey }),
    ),
  )
}
