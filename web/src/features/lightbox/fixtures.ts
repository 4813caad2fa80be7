import type { ViewerItem } from './contract'

/** A picture for tests. */
export function viewerItem(part: Partial<ViewerItem> = {}): ViewerItem {
  return {
    id: 'p1',
    kind: 'staged',
    jobId: 'job-1',
    url: '/api/files/p1.png',
    thumbnailUrl: '/api/files/p1.thumb.webp',
    thumbhash: '',
    width: 1024,
    height: 768,
    mimeType: 'image/png',
    fps: null,
    prompt: 'a lighthouse in a storm',
    enhancedPrompt: null,
    seed: 42,
    createdAt: '2026-11-20T10:00:00Z',
    saved: false,
    libraryAssetId: null,
    favourite: null,
    title: null,
    rating: 'general',
    ...part,
  }
}
