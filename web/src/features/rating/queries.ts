import { queryOptions } from '@tanstack/react-query'
import { sdk, type ContentOut } from '@/api'
import { keys } from '@/api/keys'

/** The mode of content that counts for the person who is signed in, and what it is made of. */
export const content = queryOptions({
  queryKey: keys.content,
  queryFn: () => sdk.getContent(),
  staleTime: 60_000,
})

/** Whether the studio's operator lets adults choose other content than for everybody. */
export function isOffered(found: ContentOut): boolean {
  return found.steps.some((step) => step.name === 'studio' && step.mode === 'adult')
}
