import type { LibraryAssetOut } from '@/api'

/** A kept picture for tests. */
export function libraryAssetOut(part: Partial<LibraryAssetOut> = {}): LibraryAssetOut {
  return {
    id: 'a1',
    asset_type: 'image',
    url: '/api/files/a1.png',
    thumbnail_url: '/api/files/a1.thumb.webp',
    thumbhash: '',
    width: 1024,
    height: 768,
    file_size_bytes: 640_000,
    mime_type: 'image/png',
    duration_seconds: null,
    prompt: 'a sailing boat on a calm sea',
    enhanced_prompt: null,
    model_used: 'Sketchbook',
    seed: 42,
    title: null,
    tags: [],
    is_favorite: false,
    visibility: 'private',
    created_at: '2026-11-20T10:00:00Z',
    job_id: 'job-1',
    settings: {},
    ...part,
  }
}
