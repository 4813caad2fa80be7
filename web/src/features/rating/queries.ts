import { queryOptions } from '@tanstack/react-query'
import { sdk } from '@/api'
import { keys } from '@/api/keys'

/** The mode of content that counts for the person who is signed in, and what it is made of. */
export const content = queryOptions({
  queryKey: keys.content,
  queryFn: () => sdk.getContent(),
  staleTime: 60_000,
})
