import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { sdk, sentenceOf, type JobOut } from '@/api'
import { showToast } from '@/ui/toastStore'

/** Goes to where a job's first picture is; false when none of its pictures is left. */
export function useShowPictures(): (job: JobOut) => boolean {
  const navigate = useNavigate()
  return useCallback(
    (job) => {
      const first = job.assets[0]
      if (!first) return false
      void navigate(
        job.destination === 'workspace'
          ? { to: '/workspace', search: { view: first.id } }
          : { to: '/library', search: { view: first.library_asset_id ?? first.id } },
      )
      return true
    },
    [navigate],
  )
}

/** The same for a job of which only the id is known. */
export function useShowJob(): (id: string) => Promise<void> {
  const show = useShowPictures()
  return useCallback(
    async (id) => {
      try {
        const job = await sdk.getJob({ path: { job_id: id } })
        if (!show(job)) {
          showToast({ id: 'job-gone', text: `No picture of it is left: ${job.original_prompt}` })
        }
      } catch (error) {
        showToast({ id: 'job-gone', text: sentenceOf(error), tone: 'error' })
      }
    },
    [show],
  )
}
