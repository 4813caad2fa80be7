/** What a finished asset says about how it was made; see `settings` of an asset. */
export interface Provenance {
  jobType: string
  promptOriginal: string
  promptFinal: string | null
  negativePrompt: string
  seed: number | null
  steps: number | null
  guidanceScale: number | null
  width: number | null
  height: number | null
  count: number | null
  engineId: string
  engineVersion: string
  model: string
  /** Additions to the model, by name. */
  loras: { name: string; weight: number }[]
  credits: number | null
  reference: { assetId: string; strength: number; masked: boolean; extended: boolean } | null
  /** The picture that was upscaled. */
  upscale: { assetId: string; factor: number } | null
  /** Of a clip. */
  frames: number | null
  fps: number | null
  motion: { kind: string; strength: number | null; easing: string; loop: boolean }
  rewriting: {
    strategy: string | null
    template: string | null
    timeMs: number | null
    cut: string[]
  }
  warnings: { code: string; message: string }[]
  /** What the engine really used, and what it measured, by its own names. */
  effective: Record<string, string | number | boolean>
}

type Raw = Record<string, unknown>

const object = (value: unknown): Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {}
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Frames a second of a clip, out of the `settings` of an asset. */
export const fpsOf = (settings: Raw): number | null => number(settings.fps)

/** Reads the free-form `settings` of an asset; what is missing is null or empty, never an error. */
export function readProvenance(settings: Raw): Provenance {
  const reference = object(settings.reference)
  const upscale = object(settings.upscale)
  const source = object(upscale.source)
  const rewriting = object(settings.rewriting)
  const motion = object(settings.motion)
  const template = object(rewriting.template)
  return {
    jobType: text(settings.job_type),
    promptOriginal: text(settings.prompt_original),
    promptFinal: text(settings.prompt_final) || null,
    negativePrompt: text(settings.negative_prompt),
    seed: number(settings.seed),
    steps: number(settings.steps),
    guidanceScale: number(settings.guidance_scale),
    width: number(settings.width),
    height: number(settings.height),
    count: number(settings.count),
    engineId: text(settings.engine_id),
    engineVersion: text(settings.engine_version),
    model: text(settings.model),
    loras: list(settings.loras).flatMap((each) => {
      const name = text(object(each).name)
      return name ? [{ name, weight: number(object(each).weight) ?? 1 }] : []
    }),
    credits: number(settings.unit_credits),
    reference: text(reference.asset_id)
      ? {
          assetId: text(reference.asset_id),
          strength: number(reference.strength) ?? 0.5,
          masked: text(object(reference.mask).asset_id) !== '',
          extended: Object.values(object(reference.extension)).some(Boolean),
        }
      : null,
    upscale: text(source.asset_id)
      ? { assetId: text(source.asset_id), factor: number(upscale.factor) ?? 1 }
      : null,
    frames: number(settings.frames),
    fps: number(settings.fps),
    motion: {
      kind: text(motion.kind),
      strength: number(motion.strength),
      easing: text(motion.easing),
      loop: motion.loop === true,
    },
    rewriting: {
      strategy: text(rewriting.strategy) || null,
      template: text(template.name) || null,
      timeMs: number(rewriting.time_ms),
      cut: list(rewriting.cut).map(text).filter(Boolean),
    },
    warnings: list(settings.warnings).map((note) => ({
      code: text(object(note).code),
      message: text(object(note).message),
    })),
    effective: plain(object(settings.effective)),
  }
}

function plain(values: Raw): Provenance['effective'] {
  const kept: Provenance['effective'] = {}
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      kept[name] = value
    }
  }
  return kept
}
