import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { sdk, sentenceOf } from '@/api'
import { showToast } from '@/ui/toastStore'

/** Ends the session and forgets what it showed. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient()
  const navigate = useNavigate()
  return async () => {
    try {
      await sdk.logout()
    } catch (error) {
      showToast({ text: sentenceOf(error), tone: 'error' })
      return
    }
    client.clear()
    await navigate({ to: '/sign-in', replace: true })
  }
}
