import type {
  AssetRef,
  CreditsOut,
  JobOut,
  JobTypeOut,
  LibraryAssetOut,
  LimitsOut,
  MeOut,
  ProgressOut,
} from '@/api'

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

export function progress(change: Partial<ProgressOut> = {}): ProgressOut {
  return {
    stage: 'waiting',
    step: 0,
    steps: 0,
    fraction: 0,
    index: 0,
    preview_url: null,
    eta_seconds: null,
    ...change,
  }
}

export function asset(number: number, change: Partial<AssetRef> = {}): AssetRef {
  return {
    id: id(1000 + number),
    asset_index: number,
    seed: 7 + number,
    url: `/api/files/workspace-temp/${number}.png`,
    thumbnail_url: `/api/files/workspace-temp/${number}.thumb.webp`,
    preview_url: null,
    width: 1024,
    height: 768,
    mime_type: 'image/png',
    duration_seconds: null,
    thumbhash: '3jYKDYKFiWhweIeGd1eHhl0w0kQD',
    saved: false,
    library_asset_id: null,
    rating: 'general',
    expires_at: new Date(Date.now() + 6 * 86_400_000).toISOString(),
    ...change,
  }
}

export function job(number: number, change: Partial<JobOut> = {}): JobOut {
  return {
    id: id(number),
    status: 'completed',
    job_type: 'sdxl_image_fast',
    format: 'image',
    quality: 'fast',
    destination: 'workspace',
    attempts: 1,
    max_attempts: 3,
    progress: progress(),
    queue_position: null,
    error: null,
    original_prompt: `a red fox, number ${number}`,
    enhanced_prompt: null,
    template_name: null,
    strategy: null,
    rewriting: null,
    negative_prompt_used: '',
    count: 1,
    price: { unit: 1, total: 1 },
    width: 1024,
    height: 768,
    params: {
      seed: 7,
      steps: 15,
      guidance_scale: 1.6,
      negative_prompt: '',
      width: 1024,
      height: 768,
      count: 1,
      reference: null,
      upscale: null,
      clip: null,
      enhance: false,
      prompt_syntax: 'a1111',
      preset: null,
      weights: null,
      controls: {},
      model: null,
      scheduler: null,
      loras: [],
    },
    engine: { id: 'sketchbook', name: 'Sketchbook', stand_in: true },
    warnings: [],
    retry_of: null,
    workspace_session_id: id(9000),
    created_at: new Date(Date.UTC(2026, 10, 25, 12, 0, number)).toISOString(),
    started_at: null,
    completed_at: null,
    dismissed: false,
    assets: [],
    rating: 'general',
    quality_rating: null,
    ...change,
  }
}

const range = (minimum: number, maximum: number, standard: number, step: number) => ({
  minimum,
  maximum,
  default: standard,
  step,
})

export const limits: LimitsOut = {
  width: range(256, 1536, 1024, 8),
  height: range(256, 1536, 1024, 8),
  steps: range(1, 60, 15, 1),
  guidance_scale: range(1, 8, 1.6, 0.1),
  max_count: 6,
  negative_prompt: true,
  image_to_image: true,
  inpainting: true,
  weights: false,
  reference_required: false,
  reference_strength: true,
  seeds: true,
  sizes: [],
  models: [],
  model_families: {},
  loras: false,
  schedulers: [],
  clip: null,
}

export const clipLimits = {
  ...limits,
  width: range(256, 1920, 1280, 8),
  height: range(256, 1920, 720, 8),
  max_count: 1,
  image_to_image: false,
  clip: {
    seconds: range(1, 15, 5, 0.5),
    fps: range(8, 60, 24, 1),
    first_frame: true,
    last_frame: true,
    first_frame_required: false,
    motion: {
      kinds: ['drift', 'zoom-in', 'pan-left', 'still'],
      easings: ['ease-in-out', 'linear'],
      strength: range(0, 1, 0.5, 0.05),
      loop: true,
    },
  },
} satisfies LimitsOut

export function jobType(change: Partial<JobTypeOut> = {}): JobTypeOut {
  return {
    job_type: 'sdxl_image_fast',
    format: 'image',
    quality: 'fast',
    model_type: 'sdxl',
    enhanced: false,
    credits: 1,
    available: true,
    reason: '',
    remedy: '',
    engine: {
      id: 'sketchbook',
      name: 'Sketchbook',
      stand_in: true,
      summary: 'Sketchbook, a mini model for trying the studio',
    },
    limits,
    engines: [
      {
        id: 'sketchbook',
        name: 'Sketchbook',
        stand_in: true,
        summary: 'Sketchbook, a mini model for trying the studio',
        model: 'Sketchbook flow model',
        limits,
      },
    ],
    estimate_seconds: 1.5,
    ...change,
  }
}

export function libraryAsset(
  number: number,
  change: Partial<LibraryAssetOut> = {},
): LibraryAssetOut {
  return {
    id: id(2000 + number),
    asset_type: 'image',
    url: `/api/files/user-library/${number}.png`,
    thumbnail_url: `/api/files/user-library/${number}.thumb.webp`,
    preview_url: null,
    thumbhash: '3jYKDYKFiWhweIeGd1eHhl0w0kQD',
    width: 1024,
    height: 768,
    file_size_bytes: 1_234_567,
    mime_type: 'image/png',
    duration_seconds: null,
    prompt: `a red fox, number ${number}`,
    enhanced_prompt: null,
    model_used: 'Sketchbook',
    seed: 7,
    title: null,
    tags: [],
    is_favorite: false,
    visibility: 'private',
    created_at: new Date(Date.UTC(2026, 10, 25, 12, 0, number)).toISOString(),
    job_id: null,
    rating: 'general',
    settings: {},
    ...change,
  }
}

export function account(change: Partial<MeOut> = {}): MeOut {
  return {
    id: id(1),
    username: 'ada',
    display_name: 'Ada',
    roles: ['basic_user'],
    has_password: true,
    two_factor: false,
    created_at: '2026-10-04T08:00:00Z',
    shared: false,
    ...change,
  }
}

export function credits(change: Partial<CreditsOut> = {}): CreditsOut {
  return {
    enabled: true,
    balance: 96,
    reserved: 3,
    plan: 'inactive',
    quotas: [
      { name: 'jobs_per_day', limit: 20, used: 5 },
      { name: 'jobs_per_month', limit: null, used: 40 },
      { name: 'jobs_at_once', limit: 2, used: 2 },
      { name: 'storage_bytes', limit: 5_000_000_000, used: 1_200_000_000 },
    ],
    ...change,
  }
}
