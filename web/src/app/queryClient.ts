import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError, isSignedOut } from '@/api'
import { keys } from '@/api/keys'

const RETRIES = 2

/** An answer that says no says it again; only silence and trouble on the other side are tried anew. */
function mayHelp(failures: number, error: unknown): boolean {
  if (failures >= RETRIES) return false
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500
}

/** The cache of everything that the studio said. `onSignedOut` runs when a session has ended. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const noticed = (error: unknown) => {
    if (!isSignedOut(error)) return
    client.removeQueries({ queryKey: keys.me })
    onSignedOut()
  }
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // Asking who is signed in is the one question to which "nobody" is a plain answer.
      onError: (error, query) => {
        if (query.queryKey[0] !== keys.me[0]) noticed(error)
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (mutation.meta?.signsIn !== true) noticed(error)
      },
    }),
    defaultOptions: {
      queries: {
        // Live events say what has changed; a reconnect reads everything anew.
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: mayHelp,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
  return client
}
