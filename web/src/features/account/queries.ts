import { queryOptions } from '@tanstack/react-query'
import { sdk } from '@/api'
import { keys } from '@/api/keys'

/** Who is signed in; an error with status 401 when nobody is. */
export const me = queryOptions({
  queryKey: keys.me,
  queryFn: () => sdk.me(),
  staleTime: 60_000,
  retry: false,
})

/** How one may come in here. */
export const signInMethods = queryOptions({
  queryKey: keys.signInMethods,
  queryFn: () => sdk.signInMethods(),
})
