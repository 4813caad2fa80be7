import { useQueryClient } from '@tanstack/react-query'
import { keys } from '@/api/keys'

/** Reads everything anew that a change of the negative prompts may show in. */
export function useNegativesChanged(): () => Promise<unknown> {
  const client = useQueryClient()
  return () =>
    Promise.all(
      [keys.negatives, ['negative'], keys.promptCache, keys.studioTrail].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    )
}
