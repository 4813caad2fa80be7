import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { sdk, sentenceOf, type SignedOutOut } from '@/api'
import { keys } from '@/api/keys'
import { showToast } from '@/ui/toastStore'

/** Ends the session and forgets what it showed. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient()
  const navigate = useNavigate()
  return async () => {
    let left: SignedOutOut
    try {
      left = await sdk.logout()
    } catch (error) {
      showToast({ text: sentenceOf(error), tone: 'error' })
      return
    }
    client.clear()
    client.setQueryData(keys.leftBehind, left)
    await navigate({ to: '/sign-in', replace: true })
  }
}
