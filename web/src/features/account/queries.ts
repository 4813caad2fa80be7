import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useQuery,
} from '@tanstack/react-query'
import { sdk, type Action } from '@/api'
import { keys } from '@/api/keys'

/** Who is signed in; an error with status 401 when nobody is. */
export const me = queryOptions({
  queryKey: keys.me,
  queryFn: () => sdk.me(),
  staleTime: 60_000,
  retry: false,
})

/** Balance, plan and quotas. */
export const balance = queryOptions({ queryKey: keys.balance, queryFn: () => sdk.myCredits() })

/** Credits that can be spent, where jobs are paid; null where they are not, or not known yet. */
export function useBalance(): number | null {
  const { data } = useQuery(balance)
  return data?.enabled ? data.balance : null
}

export const usage = (days: number) =>
  queryOptions({
    queryKey: keys.usage(days),
    queryFn: async () => (await sdk.myUsage({ query: { days } })).items,
    placeholderData: keepPreviousData,
  })

export const ledger = infiniteQueryOptions({
  queryKey: keys.ledger,
  queryFn: ({ pageParam, signal }) => sdk.myLedger({ query: { cursor: pageParam }, signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor,
})

export const sessions = infiniteQueryOptions({
  queryKey: keys.sessions,
  queryFn: ({ pageParam, signal }) => sdk.listSessions({ query: { cursor: pageParam }, signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor,
})

export const apiKeys = infiniteQueryOptions({
  queryKey: keys.apiKeys,
  queryFn: ({ pageParam, signal }) => sdk.listApiKeys({ query: { cursor: pageParam }, signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor,
})

export interface TrailFilter {
  /** Whose entries; admins would otherwise read everybody's. */
  userId: string
  action?: Action
  /** ISO times; the first is included, the last is not. */
  since?: string
  until?: string
}

export const trail = (filter: TrailFilter) =>
  infiniteQueryOptions({
    queryKey: keys.trail(filter),
    queryFn: ({ pageParam, signal }) =>
      sdk.listActivity({
        query: {
          user_id: filter.userId,
          action: filter.action,
          since: filter.since,
          until: filter.until,
          cursor: pageParam,
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
  })

export const twoFactor = queryOptions({
  queryKey: keys.twoFactor,
  queryFn: () => sdk.getTwoFactor(),
})

export const signInMethods = queryOptions({
  queryKey: keys.signInMethods,
  queryFn: () => sdk.signInMethods(),
  staleTime: 5 * 60_000,
})

/** Nobody has so many that there would be a second page. */
const MOST_IDENTITIES = 200

export const identities = queryOptions({
  queryKey: keys.identities,
  queryFn: async () => (await sdk.listIdentities({ query: { limit: MOST_IDENTITIES } })).items,
})
