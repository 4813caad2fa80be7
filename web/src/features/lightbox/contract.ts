import type { Draft } from '@/features/workspace/draft'

/** A picture as the viewer shows it, whether it is staged in the workspace or kept in the library. */
export interface ViewerItem {
  id: string
  kind: 'staged' | 'kept'
  jobId: string | null
  url: string
  thumbnailUrl: string
  thumbhash: string
  width: number
  height: number
  mimeType: string
  /** Of a clip: frames a second, for going from one to the next. */
  fps: number | null
  prompt: string
  enhancedPrompt: string | null
  seed: number | null
  createdAt: string
  /** Staged: kept already. Kept: true. */
  saved: boolean
  libraryAssetId: string | null
  /** Only of kept pictures. */
  favourite: boolean | null
  title: string | null
  rating: 'general' | 'adult'
}

/** What may be done with the picture; what is missing is not offered. */
export interface ViewerActions {
  keep?: (item: ViewerItem) => void
  discard?: (item: ViewerItem) => void
  again?: (item: ViewerItem) => void
  reference?: (item: ViewerItem) => void
  /** Says which part of the picture is drawn anew. */
  part?: (item: ViewerItem) => void
  /** Makes the picture the first frame of a clip. */
  move?: (item: ViewerItem) => void
  /** Asks how much larger the picture is to be. */
  upscale?: (item: ViewerItem) => void
  favourite?: (item: ViewerItem) => void
  /** Puts single values (a prompt, a seed, a size) into the draft of the workspace. */
  use?: (patch: Partial<Draft>, said: string) => void
}

/** The default export of `Lightbox.tsx`, which is loaded when the first picture is opened. */
export interface LightboxProps {
  items: readonly ViewerItem[]
  index: number
  onIndex: (index: number) => void
  onClose: () => void
  actions: ViewerActions
  /** Called when the end of `items` is near and more may follow. */
  onNearEnd?: () => void
}
