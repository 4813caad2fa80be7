import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { sdk, sentenceOf, type EngineServerOut } from '@/api'
import { keys } from '@/api/keys'
import { showToast } from '@/ui/toastStore'

/** All that a studio is likely to have; there is no need to page through servers. */
const LIMIT = 200

export const engineServers = queryOptions({
  queryKey: keys.engineServers,
  queryFn: async () => (await sdk.listEngineServers({ query: { limit: LIMIT } })).items,
})

export const engineDefaults = queryOptions({
  queryKey: keys.engineDefaults,
  queryFn: async () => (await sdk.listEngineDefaults()).items,
})

/** How often the workers are looked at: about as often as they tell of themselves. */
const LOOK_MS = 5000

export const workers = queryOptions({
  queryKey: keys.workers,
  queryFn: async () => (await sdk.listWorkers({ query: { limit: LIMIT } })).items,
  refetchInterval: LOOK_MS,
})

export const measurements = queryOptions({
  queryKey: keys.engineMeasurements,
  queryFn: async () => (await sdk.listEngineMeasurements({ query: { limit: LIMIT } })).items,
  refetchInterval: 6 * LOOK_MS,
})

export const allEngines = queryOptions({
  queryKey: keys.engines,
  queryFn: () => sdk.listEngines(),
})

/** Reads everything afresh that depends on which servers there are. */
export function useReadAfresh(): () => Promise<unknown> {
  const client = useQueryClient()
  return () =>
    Promise.all(
      [keys.engineServers, keys.engineDefaults, keys.engines, keys.jobTypes].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    )
}

/** Something done to a server, after which a toast says how it is. */
export function useServerAction<T>(
  act: (value: T) => Promise<EngineServerOut | undefined>,
  done: (server: EngineServerOut | undefined) => string,
) {
  const readAfresh = useReadAfresh()
  return useMutation({
    mutationFn: act,
    onSuccess: (server) => showToast({ text: done(server) }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: readAfresh,
  })
}

/** How a server is, for a toast. */
export const howItIs = (server: EngineServerOut | undefined): string => {
  if (!server) return ''
  if (server.works) return `${server.name} works`
  return server.enabled ? server.fault : `${server.name} is switched off`
}
