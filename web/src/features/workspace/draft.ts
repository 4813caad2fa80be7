import { useSyncExternalStore } from 'react'
import type { AssetRef, Controls } from '@/api'
import { readLoras } from './loras'

type Mode = AssetRef['rating']

/** A picture to start from, or to end with. */
export interface DraftReference {
  assetId: string
  url: string
  thumbnailUrl: string
  width: number
  height: number
  rating: Mode
}

/** Which part of the reference is drawn anew. */
export interface DraftPart {
  /** A PNG as a data address, white where it is drawn anew; empty without one. */
  mask: string
  /** The id of the mask in the studio, once it was brought there. */
  maskId: string | null
  /** Pixels that the reference grows by at each side, or null. */
  extend: { left: number; right: number; top: number; bottom: number } | null
}

/** A LoRA that is worn. `family` is what it is made for, `triggers` are words that call it. */
export interface DraftLora {
  name: string
  weight: number
  family: string
  triggers: string[]
}

/** A rewriting as it was proposed and, perhaps, edited. */
export interface Improved {
  /** The prompt that was rewritten; when the prompt has changed since, the rewriting is stale. */
  source: string
  text: string
  /** Whether it is made from this text instead of the prompt. */
  inUse: boolean
  /** What was added and why, in sentences. */
  notes: string[]
  /** Words that did not fit. */
  cut: string[]
  by: string
}

/** What a person is about to make. What is null follows the job type, and is not sent. */
export interface Draft {
  prompt: string
  improved: Improved | null
  jobType: string
  count: number
  size: { width: number; height: number } | null
  /** A fixed seed, or null for a new one each time. */
  seed: number | null
  negative: string
  /** Framing, angle, format and style that are chosen instead of written. */
  controls: Controls
  steps: number | null
  guidance: number | null
  reference: DraftReference | null
  /** Null for all of the reference. */
  part: DraftPart | null
  /** The id of a preset, or empty. */
  preset: string
  /** An engine's id, and names of its model and sampler; empty for the studio's choice. */
  engine: string
  model: string
  scheduler: string
  loras: DraftLora[]
  /** How far the result may leave the reference: 0 keeps it, 1 ignores it. */
  strength: number
  /** Of a clip: where it begins and where it ends. */
  firstFrame: DraftReference | null
  lastFrame: DraftReference | null
  seconds: number | null
  fps: number | null
  /** A camera move by name; empty leaves it to the prompt's words. */
  motion: string
  motionStrength: number | null
  easing: string
  loop: boolean
}

export const EMPTY_DRAFT: Draft = {
  prompt: '',
  improved: null,
  jobType: 'sdxl_image_fast',
  count: 3,
  size: null,
  seed: null,
  negative: '',
  controls: {},
  steps: null,
  guidance: null,
  reference: null,
  part: null,
  preset: '',
  engine: '',
  model: '',
  scheduler: '',
  loras: [],
  strength: 0.5,
  firstFrame: null,
  lastFrame: null,
  seconds: null,
  fps: null,
  motion: '',
  motionStrength: null,
  easing: '',
  loop: false,
}

const PREFIX = 'fabula.draft.'
const WRITE_MS = 250

let draft: Draft = EMPTY_DRAFT
let session: string | null = null
/** What was asked for before it was known whose draft it is. */
let early: Partial<Draft> = {}
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function show(next: Draft): void {
  draft = next
  listeners.forEach((listen) => listen())
}

/** Reads what was kept; whatever is not of the right kind is left at its standard. */
export function readDraft(text: string | null): Draft {
  if (!text) return EMPTY_DRAFT
  try {
    const kept = JSON.parse(text) as Record<string, unknown>
    const fits = Object.entries(EMPTY_DRAFT).filter(([name, standard]) => {
      const value = kept[name]
      return standard === null
        ? value === null || typeof value === 'object' || typeof value === 'number'
        : value !== null && typeof value === typeof standard
    })
    return {
      ...EMPTY_DRAFT,
      ...Object.fromEntries(fits.map(([name]) => [name, kept[name]])),
      loras: readLoras(kept.loras),
    }
  } catch {
    return EMPTY_DRAFT
  }
}

/** Opens the draft of a workspace session; another one's is put away. */
export function openDraft(sessionId: string): void {
  if (session === sessionId) return
  session = sessionId
  let kept: string | null = null
  try {
    kept = localStorage.getItem(PREFIX + sessionId)
  } catch {
    // A browser that stores nothing begins with an empty draft.
  }
  show({ ...readDraft(kept), ...early })
  early = {}
}

/** Changes the draft; it is kept a moment later. A part is one of its reference. */
export function patchDraft(change: Partial<Draft>): void {
  const patch = 'reference' in change ? { part: null, ...change } : change
  if (session === null) early = { ...early, ...patch }
  show({ ...draft, ...patch })
  clearTimeout(timer)
  timer = setTimeout(keepDraft, WRITE_MS)
}

/** Writes the draft at once, for when the page closes. */
export function keepDraft(): void {
  if (session === null) return
  try {
    localStorage.setItem(PREFIX + session, JSON.stringify(draft))
  } catch {
    // Without room or permission the draft lives as long as the page.
  }
}

export const getDraft = (): Draft => draft

/** Forgets everything, for tests and for signing out. */
export function resetDraft(): void {
  clearTimeout(timer)
  session = null
  early = {}
  show(EMPTY_DRAFT)
}

function subscribe(listen: () => void): () => void {
  listeners.add(listen)
  return () => listeners.delete(listen)
}

export function useDraft(): Draft {
  return useSyncExternalStore(subscribe, getDraft)
}
