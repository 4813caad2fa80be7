import { useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from '@/api/keys'
import { showToast } from '@/ui/toastStore'

/**
 * Something done to an account; when it is done, everything that is shown of people, of the
 * ledger and of the trail is read anew, because each of them may tell of it.
 */
export function usePersonAction<T, R>(run: (input: T) => Promise<R>, said: (input: T) => string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: async (_result, input) => {
      showToast({ text: said(input), tone: 'success' })
      await Promise.all(
        [keys.people, keys.studioLedger, keys.studioTrail].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      )
    },
  })
}
