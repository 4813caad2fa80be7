import { useState } from 'react'
import type { JobTypeOut } from '@/api'
import { panels } from '@/app/panels'
import { useBalance } from '@/features/account/queries'
import { isDynamic } from '@/features/book/dynamic'
import { newKey, useMake } from '@/features/jobs/actions'
import { hasUnsentMask, sendMask } from '@/features/masking/sendMask'
import { showToast } from '@/ui/toastStore'
import { getDraft, keepDraft } from './draft'
import { obstacle, requestOf, sizeOf } from './request'

/**
 * Sends the draft; it stays as it is, for the next change. Of a prompt that stands for many, they are
 * shown first.
 */
export function useMakeDraft(
  type: JobTypeOut | undefined,
  onMade?: () => void,
): { make: () => void; pending: boolean } {
  const { mutate, isPending } = useMake()
  const balance = useBalance()
  const [sending, setSending] = useState(false)
  const make = () => {
    const draft = getDraft()
    const reason = obstacle(draft, type, balance)
    if (reason) {
      showToast({ id: 'obstacle', text: reason })
      return
    }
    if (hasUnsentMask()) {
      setSending(true)
      void sendMask().then((sent) => {
        setSending(false)
        if (sent) make()
      })
      return
    }
    keepDraft()
    if (isDynamic(draft.prompt)) {
      panels.open('combinations')
      return
    }
    const limits = type?.limits ?? null
    mutate({
      body: requestOf(draft, limits),
      ...sizeOf(draft, limits),
      idempotencyKey: newKey(),
      at: new Date().toISOString(),
    })
    onMade?.()
  }
  return { make, pending: isPending || sending }
}
