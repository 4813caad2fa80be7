import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { sdk, sentenceOf, type JobIn, type JobOut } from '@/api'
import { keys } from '@/api/keys'
import { showToast } from '@/ui/toastStore'
import { patchJob, storeJob } from './cache'

/** A job on its way to the studio: what is shown until the answer comes. */
export interface Making {
  body: JobIn
  /** The shape that the cards will have. */
  width: number
  height: number
  /** The same key makes the same job, so that sending it again is safe. */
  idempotencyKey: string
  at: string
}

export const MAKE = ['make'] as const

/** Random even where the page is not served over TLS, where `crypto.randomUUID` is missing. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}

export function useMake() {
  const client = useQueryClient()
  return useMutation({
    mutationKey: MAKE,
    mutationFn: (making: Making) =>
      sdk.createJob({ body: making.body, headers: { 'idempotency-key': making.idempotencyKey } }),
    onSuccess: (job) => storeJob(client, job),
    onError: (error, making) =>
      showToast({
        text: sentenceOf(error),
        tone: 'error',
        id: `make-${making.idempotencyKey}`,
      }),
  })
}

/** Makes the same once more: same parameters, same seed. */
export async function makeAgain(client: QueryClient, jobId: string): Promise<JobOut | null> {
  return accepted(client, sdk.repeatJob({ path: { job_id: jobId } }), 'Making it again')
}

export async function makeAgainFromLibrary(
  client: QueryClient,
  assetId: string,
): Promise<JobOut | null> {
  const answer = sdk.repeatLibraryAsset({ path: { asset_id: assetId } })
  return accepted(client, answer, 'Making it again: see the workspace')
}

/** Tries a failed job again, as a new job. */
export async function tryAgain(client: QueryClient, jobId: string): Promise<JobOut | null> {
  return accepted(client, sdk.retryJob({ path: { job_id: jobId } }), 'Trying it again')
}

export async function cancelJob(client: QueryClient, jobId: string): Promise<void> {
  await accepted(client, sdk.cancelJob({ path: { job_id: jobId } }), null)
}

/** Puts a failed job out of sight, here and on the person's other pages. */
export async function dismissJob(client: QueryClient, jobId: string): Promise<void> {
  const mark = (dismissed: boolean) => patchJob(client, jobId, (job) => ({ ...job, dismissed }))
  mark(true)
  try {
    await sdk.dismissJob({ path: { job_id: jobId } })
  } catch (error) {
    mark(false)
    showToast({ text: sentenceOf(error), tone: 'error' })
  }
}

async function accepted(
  client: QueryClient,
  answer: Promise<JobOut>,
  said: string | null,
): Promise<JobOut | null> {
  try {
    const job = await answer
    storeJob(client, job)
    void client.invalidateQueries({ queryKey: keys.queuedJobs })
    if (said) showToast({ text: said, lasts: 2500, id: 'accepted' })
    return job
  } catch (error) {
    showToast({ text: sentenceOf(error), tone: 'error' })
    return null
  }
}
