import { useSyncExternalStore } from 'react'
import { ApiError, isOffline, sdk, sentenceOf, type ModelFileOut, type ModelUploadOut } from '@/api'

/** A file that this page is sending. */
export interface Sending {
  upload: ModelUploadOut
  stage: 'sending' | 'checking' | 'failed'
  /** Why it stopped; empty while it goes on. */
  problem: string
}

/** Waits before a part is sent again, in milliseconds; after the last one it is given up. */
const WAITS = [1000, 2000, 4000, 8000, 15_000]

let sendings: readonly Sending[] = []
const stops = new Map<string, AbortController>()
const listeners = new Set<() => void>()

function change(next: readonly Sending[]): void {
  sendings = next
  listeners.forEach((listen) => listen())
}

function show(sending: Sending): void {
  const others = sendings.filter((each) => each.upload.id !== sending.upload.id)
  change([...others, sending])
}

const drop = (id: string): void => change(sendings.filter((each) => each.upload.id !== id))

export function useSendings(): readonly Sending[] {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    () => sendings,
  )
}

/** Begins to send a file; the answer is the installed model. Rejects with why it was not. */
export async function sendModel(file: File): Promise<ModelFileOut | null> {
  const upload = await sdk.beginModelUpload({ body: { name: file.name, size: file.size } })
  return goOn(upload, file)
}

/** Whether a file is the one that an upload was begun with, as far as its name and size tell. */
export const isSame = (upload: ModelUploadOut, file: File): boolean =>
  upload.name === file.name && upload.size === file.size

/** Sends the rest of a file. Null where it was stopped. */
export async function goOn(begun: ModelUploadOut, file: File): Promise<ModelFileOut | null> {
  const stop = new AbortController()
  stops.set(begun.id, stop)
  let upload = begun
  try {
    show({ upload, stage: 'sending', problem: '' })
    while (upload.offset < upload.size) {
      upload = await sendPart(upload, file, stop.signal)
      show({ upload, stage: 'sending', problem: '' })
    }
    show({ upload, stage: 'checking', problem: '' })
    const made = await sdk.finishModelUpload({ path: { upload_id: upload.id } })
    drop(upload.id)
    return made
  } catch (error) {
    if (stop.signal.aborted) return null
    show({ upload, stage: 'failed', problem: sentenceOf(error) })
    throw error
  } finally {
    stops.delete(begun.id)
  }
}

/** Sends one part; when the way breaks, it asks how much is there and tries again. */
async function sendPart(
  upload: ModelUploadOut,
  file: File,
  signal: AbortSignal,
): Promise<ModelUploadOut> {
  const path = { upload_id: upload.id }
  for (let tries = 0; ; tries++) {
    try {
      const part = file.slice(upload.offset, upload.offset + upload.part_bytes)
      return await sdk.sendModelPart({
        path,
        query: { offset: upload.offset },
        body: part,
        headers: await digestOf(part),
        signal,
      })
    } catch (error) {
      const wait = WAITS[tries]
      if (signal.aborted || wait === undefined || !mayPass(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, wait))
      upload = await sdk.getModelUpload({ path, signal }).catch(() => upload)
    }
  }
}

const mayPass = (error: unknown): boolean =>
  isOffline(error) || (error instanceof ApiError && error.code === 'model_upload_offset')

/** The sum of a part (RFC 9530), where the browser finds sums: over HTTP it does not. */
async function digestOf(part: Blob): Promise<Record<string, string>> {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent without HTTPS
  if (!globalThis.crypto?.subtle) return {}
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', await part.arrayBuffer()))
  return { 'Content-Digest': `sha-256=:${btoa(String.fromCharCode(...sum))}:` }
}

/** Stops to send a file and forgets what was sent. */
export async function cancelSending(id: string): Promise<void> {
  stops.get(id)?.abort()
  await sdk.cancelModelUpload({ path: { upload_id: id } })
  drop(id)
}

/** Forgets everything, for tests. */
export const resetSendings = (): void => change([])
