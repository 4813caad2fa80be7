import { queryOptions } from '@tanstack/react-query'
import { sdk, type CacheStateOut } from '@/api'
import { keys } from '@/api/keys'

/** The templates and negative prompts as jobs read them. */
export const promptCache = queryOptions({
  queryKey: keys.promptCache,
  queryFn: () => sdk.getPromptCache(),
})

/** How the cache is, in words. */
export function stateOf(cache: CacheStateOut): string {
  if (!cache.present) return 'not built yet'
  if (!cache.valid) return 'broken'
  if (!cache.current) return 'behind the tables'
  return cache.stale ? 'built more than a day ago' : 'current'
}
