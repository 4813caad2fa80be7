import type { JobOut } from '@/api'
import { countOf } from '@/ui/format'
import { showToast } from '@/ui/toastStore'

/** Where a finished job's pictures are: the first of them in its area. */
export type GoTo = (area: 'workspace' | 'library', assetId: string | null) => void

/** Says that a job has ended, to somebody who is looking at another page. */
export function announce(job: JobOut, goTo: GoTo): void {
  const area = job.destination === 'library' ? 'library' : 'workspace'
  if (location.pathname.startsWith(`/${area}`)) return
  if (job.status === 'failed') {
    if (job.error?.code === 'cancelled') return
    showToast({
      id: `ended-${job.id}`,
      text: `Could not be made: ${job.original_prompt}`,
      tone: 'error',
      action: { label: 'Show', run: () => goTo(area, null) },
    })
    return
  }
  const first = job.assets[0]
  if (!first) return
  showToast({
    id: `ended-${job.id}`,
    text: `${countOf(job.assets)} ready: ${job.original_prompt}`,
    lasts: 6000,
    action: { label: 'Show', run: () => goTo(area, first.id) },
  })
}
