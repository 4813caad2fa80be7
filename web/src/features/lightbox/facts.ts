import type { JobTypeOut } from '@/api'
import type { Provenance } from '@/api/provenance'
import { readLoras } from '@/features/workspace/loras'
import { EMPTY_DRAFT, type Draft } from '@/features/workspace/draft'
import { duration, fileName, fileSize, fullTime, isClip, lengthOf, ratioName } from '@/ui/format'
import type { ViewerItem } from './contract'

/** Something known about a picture; what can be used goes into the draft. */
export interface Fact {
  label: string
  value: string
  /** What *copy* takes, where it is not the value itself. */
  copy?: string
  use?: Partial<Draft>
  /** A quiet second line. */
  note?: string
}

/** What a picture's file is. */
export interface FileFacts {
  bytes: number
  mimeType: string
  /** When a staged picture goes, unless it is kept. */
  expiresAt: string | null
}

const TYPES: Record<string, string> = {
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'image/jpeg': 'JPEG',
  'video/mp4': 'MP4',
  'video/webm': 'WebM',
}

export const fileType = (mimeType: string): string => TYPES[mimeType] ?? mimeType

/** A job type in words: `sdxl_image_fast` is `Fast picture`, with the model's kind. */
export function jobTypeName(jobType: string, known?: JobTypeOut): string {
  const words = jobType.split('_')
  const quality =
    known?.quality ?? (words.includes('high') ? 'high' : words.includes('fast') ? 'fast' : '')
  const video = (known?.format ?? (words.includes('video') ? 'video' : 'image')) === 'video'
  const thing = video ? 'clip' : 'picture'
  if (quality === 'fast') return `Fast ${thing}`
  if (quality === 'high') return `High quality ${thing}`
  return video ? 'Clip' : 'Picture'
}

/** The facts of making, in the order in which people look for them. */
export function makingFacts(
  item: ViewerItem,
  made: Provenance | null,
  file: FileFacts | null,
  engineName?: string,
): Fact[] {
  const facts: Fact[] = []
  const seed = made?.seed ?? item.seed
  const size = { width: item.width, height: item.height }
  if (seed !== null) facts.push({ label: 'Seed', value: String(seed), use: { seed } })
  facts.push({
    label: 'Size',
    value: `${size.width} × ${size.height}`,
    copy: `${size.width}x${size.height}`,
    note: ratioName(size.width, size.height),
    use: { size: drawnSize(made, size) },
  })
  if (made) {
    if (made.steps !== null)
      facts.push({ label: 'Steps', value: String(made.steps), use: { steps: made.steps } })
    if (made.guidanceScale !== null) {
      facts.push({
        label: 'Guidance',
        value: String(made.guidanceScale),
        use: { guidance: made.guidanceScale },
      })
    }
    if (made.jobType) {
      facts.push({
        label: 'Quality',
        value: jobTypeName(made.jobType),
        copy: made.jobType,
        note: made.jobType,
        use: { jobType: made.jobType },
      })
    }
    if (isClip(item.mimeType) && made.frames && made.fps) {
      const seconds = made.frames / made.fps
      facts.push({
        label: 'Length',
        value: lengthOf(seconds),
        note: `${made.frames} frames, ${made.fps} a second`,
        use: { seconds },
      })
    }
    if (made.motion.kind) {
      facts.push({
        label: 'Motion',
        value: made.motion.kind.replaceAll('-', ' '),
        use: { motion: made.motion.kind, motionStrength: made.motion.strength },
      })
    }
    if (made.upscale) {
      facts.push({
        label: 'Upscaled',
        value: `${made.upscale.factor} times`,
        copy: made.upscale.assetId,
        note: 'from a picture of the studio',
      })
    }
    if (made.reference) {
      facts.push({
        label: 'Reference',
        value: [
          `strength ${made.reference.strength}`,
          made.reference.masked ? 'a part drawn anew' : '',
          made.reference.extended ? 'extended' : '',
        ]
          .filter(Boolean)
          .join(', '),
        copy: made.reference.assetId,
      })
    }
    if (made.engineId) {
      const version = made.engineVersion ? ` ${made.engineVersion}` : ''
      facts.push({ label: 'Engine', value: `${engineName ?? made.engineId}${version}` })
    }
    if (made.model) facts.push({ label: 'Model', value: made.model })
    for (const { name, weight } of made.loras) {
      facts.push({ label: 'LoRA', value: `${name}, ${weight}`, copy: `<lora:${name}:${weight}>` })
    }
    if (made.rewriting.template) facts.push({ label: 'Template', value: made.rewriting.template })
    if (made.rewriting.timeMs !== null) {
      facts.push({ label: 'Rewriting', value: duration(made.rewriting.timeMs / 1000) })
    }
    if (made.credits !== null) facts.push({ label: 'Price', value: credits(made.credits) })
  }
  facts.push({
    label: item.kind === 'kept' ? 'Kept' : 'Made',
    value: fullTime(item.createdAt),
    copy: item.createdAt,
  })
  if (file?.expiresAt && !item.saved) {
    facts.push({ label: 'Stays until', value: fullTime(file.expiresAt), copy: file.expiresAt })
  }
  if (file) {
    facts.push({
      label: 'File',
      value: `${fileType(file.mimeType)}, ${fileSize(file.bytes)}`,
      copy: String(file.bytes),
    })
  }
  return facts
}

/** The size that a picture was drawn at, before it was upscaled. */
function drawnSize(made: Provenance | null, size: { width: number; height: number }) {
  const width = made?.width ?? size.width
  const height = made?.height ?? size.height
  const factor = made?.upscale?.factor ?? 1
  return { width: width / factor, height: height / factor }
}

const credits = (amount: number): string => `${amount} ${amount === 1 ? 'credit' : 'credits'}`

/** What the engine reported, by its own names, as text. */
export function effectiveFacts(made: Provenance): Fact[] {
  return Object.entries(made.effective)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ({
      label: name.replaceAll('_', ' '),
      value: typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value),
    }))
}

/** The prompts of a picture: as it was written, and as the engine got it where that differs. */
export function promptsOf(item: ViewerItem, made: Provenance | null) {
  const original = made !== null && made.promptOriginal !== '' ? made.promptOriginal : item.prompt
  const final = made?.promptFinal ?? item.enhancedPrompt
  const differs = final !== null && final.trim() !== '' && final.trim() !== original.trim()
  return { original, final: differs ? final : null, negative: made?.negativePrompt ?? '' }
}

/** A rewriting for the draft, in use. */
export function rewritingFor(original: string, final: string): Draft['improved'] {
  return {
    source: original.trim(),
    text: final,
    inUse: true,
    notes: [],
    cut: [],
    by: 'as it was made',
  }
}

/** Everything that makes the picture once more, to be changed before. */
export function wholeDraft(item: ViewerItem, made: Provenance): Draft {
  const { original, final, negative } = promptsOf(item, made)
  return {
    ...EMPTY_DRAFT,
    prompt: original,
    improved: final === null ? null : rewritingFor(original, final),
    jobType: made.jobType || EMPTY_DRAFT.jobType,
    count: 1,
    size: drawnSize(made, { width: item.width, height: item.height }),
    seed: made.seed ?? item.seed,
    negative,
    steps: made.steps,
    guidance: made.guidanceScale,
    loras: readLoras(made.loras),
    ...(isClip(item.mimeType) ? clipDraft(made) : {}),
  }
}

function clipDraft(made: Provenance): Partial<Draft> {
  return {
    seconds: made.frames && made.fps ? made.frames / made.fps : null,
    fps: made.fps,
    motion: made.motion.kind,
    motionStrength: made.motion.strength,
    easing: made.motion.easing,
    loop: made.motion.loop,
  }
}

/** Where a picture is downloaded from, and its name where the page gives it. */
export function downloadOf(item: ViewerItem): { href: string; download: string } {
  const href = item.kind === 'kept' ? `/api/library/assets/${item.id}/download` : item.url
  return { href, download: fileName(item.id, item.mimeType) }
}
