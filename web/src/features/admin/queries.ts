import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { sdk } from '@/api'
import { keys } from '@/api/keys'
import { api, type ActivityQuery, type LedgerQuery, type PeopleQuery } from './contract'

/** What every endless list has in common. */
const endless = {
  initialPageParam: null as string | null,
  getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor,
  // While filters change, the rows before stay until the next ones are there.
  placeholderData: keepPreviousData,
}

export const peopleList = (filter: PeopleQuery) =>
  infiniteQueryOptions({
    queryKey: keys.peopleList(filter),
    queryFn: ({ pageParam, signal }) => api.people({ ...filter, cursor: pageParam }, signal),
    ...endless,
  })

export const personById = (id: string) =>
  queryOptions({ queryKey: keys.person(id), queryFn: () => api.person(id) })

export const ledgerList = (filter: LedgerQuery) =>
  infiniteQueryOptions({
    queryKey: keys.studioLedgerList(filter),
    queryFn: ({ pageParam }) => api.ledger({ ...filter, cursor: pageParam }),
    ...endless,
  })

export const trailList = (filter: ActivityQuery) =>
  infiniteQueryOptions({
    queryKey: keys.studioTrailList(filter),
    queryFn: ({ pageParam }) => api.activity({ ...filter, cursor: pageParam }),
    ...endless,
  })

export const permissions = queryOptions({
  queryKey: keys.permissions,
  queryFn: async () => (await sdk.listPermissions()).items,
  staleTime: Infinity,
})

export const tableAccess = queryOptions({
  queryKey: keys.access,
  queryFn: async () => (await api.access()).tables,
  staleTime: Infinity,
})

/** Whether the studio asks for people's age at all. */
export const agesMatter = queryOptions({
  queryKey: keys.studioContent,
  queryFn: () => api.content(),
  select: ({ steps }) => steps.some((step) => step.name === 'studio' && step.mode === 'adult'),
  staleTime: Infinity,
})
