import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { sdk, type ListActivityData, type ListLedgerData, type ListPeopleData } from '@/api'
import { keys } from '@/api/keys'
import { content, isOffered } from '@/features/rating/queries'

type PeopleFilter = NonNullable<ListPeopleData['query']>
export type LedgerFilter = NonNullable<ListLedgerData['query']>
export type TrailFilter = NonNullable<ListActivityData['query']>

/** What every endless list has in common. */
const endless = {
  initialPageParam: null as string | null,
  getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor,
  // While filters change, the rows before stay until the next ones are there.
  placeholderData: keepPreviousData,
}

export const peopleList = (filter: PeopleFilter) =>
  infiniteQueryOptions({
    queryKey: keys.peopleList(filter),
    queryFn: ({ pageParam, signal }) =>
      sdk.listPeople({ query: { ...filter, cursor: pageParam }, signal }),
    ...endless,
  })

/** The first few people of a search, for choosing one of them. */
export const peopleFound = (search: string) =>
  queryOptions({
    queryKey: keys.peopleList({ search, limit: FOUND }),
    queryFn: ({ signal }) => sdk.listPeople({ query: { search, limit: FOUND }, signal }),
    placeholderData: keepPreviousData,
  })
const FOUND = 8

export const personById = (id: string) =>
  queryOptions({
    queryKey: keys.person(id),
    queryFn: () => sdk.getPerson({ path: { person_id: id } }),
  })

export const ledgerList = (filter: LedgerFilter) =>
  infiniteQueryOptions({
    queryKey: keys.studioLedgerList(filter),
    queryFn: ({ pageParam }) => sdk.listLedger({ query: { ...filter, cursor: pageParam } }),
    ...endless,
  })

export const trailList = (filter: TrailFilter) =>
  infiniteQueryOptions({
    queryKey: keys.studioTrailList(filter),
    queryFn: ({ pageParam }) => sdk.listActivity({ query: { ...filter, cursor: pageParam } }),
    ...endless,
  })

export const permissions = queryOptions({
  queryKey: keys.permissions,
  queryFn: async () => (await sdk.listPermissions()).items,
  staleTime: Infinity,
})

export const tableAccess = queryOptions({
  queryKey: keys.access,
  queryFn: async () => (await sdk.listAccess()).tables,
  staleTime: Infinity,
})

/** Whether the studio asks for people's age at all. */
export const agesMatter = queryOptions({ ...content, select: isOffered })
