import { useQuery, useQueryClient } from '@tanstack/react-query'
import { sdk, type EngineStateOut, type LibraryAssetOut } from '@/api'
import { keys } from '@/api/keys'
import { readProvenance, type Provenance } from '@/api/provenance'
import type { LibraryPages } from '@/features/library/cache'
import type { ViewerItem } from './contract'
import type { FileFacts } from './facts'

export interface Details {
  made: Provenance | null
  file: FileFacts | null
  /** The engine that made it, where the studio still has it. */
  engine: EngineStateOut | null
  /** The library's row of a kept picture. */
  kept: LibraryAssetOut | null
  error: unknown
  retry: () => void
}

/** Everything known about the picture in the viewer; what is listed already is there at once. */
export function useDetails(item: ViewerItem): Details {
  const client = useQueryClient()
  const isKept = item.kind === 'kept'
  const staged = useQuery({
    queryKey: keys.workspaceAsset(item.id),
    queryFn: () => sdk.getWorkspaceAsset({ path: { asset_id: item.id } }),
    enabled: !isKept,
    staleTime: Infinity,
  })
  const kept = useQuery({
    queryKey: keys.libraryAsset(item.id),
    queryFn: () => sdk.getLibraryAsset({ path: { asset_id: item.id } }),
    enabled: isKept,
    placeholderData: () =>
      listed(client.getQueriesData<LibraryPages>({ queryKey: keys.library }), item.id),
  })
  const read = isKept ? kept : staged
  const asset = read.data
  const made = asset ? readProvenance(asset.settings) : null
  const engines = useQuery({
    queryKey: keys.engines,
    queryFn: () => sdk.listEngines(),
    staleTime: Infinity,
  })
  return {
    made,
    file: asset
      ? {
          bytes: asset.file_size_bytes,
          mimeType: asset.mime_type,
          expiresAt: 'expires_at' in asset ? asset.expires_at : null,
        }
      : null,
    engine: engines.data?.items.find((each) => each.id === made?.engineId) ?? null,
    kept: isKept ? (kept.data ?? null) : null,
    error: asset ? null : read.error,
    retry: () => void read.refetch(),
  }
}

function listed(
  lists: readonly (readonly [unknown, LibraryPages | undefined])[],
  id: string,
): LibraryAssetOut | undefined {
  for (const [, list] of lists) {
    // The prefix of the library holds single assets too, which have no pages.
    for (const page of (list as Partial<LibraryPages> | undefined)?.pages ?? []) {
      const found = page.items.find((asset) => asset.id === id)
      if (found) return found
    }
  }
  return undefined
}
