import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { sdk, sentenceOf, type SessionListed } from '@/api'
import { keys } from '@/api/keys'
import { showToast } from '@/ui/toastStore'
import { keepDraft } from './draft'

const MOST = 50
/** What the studio calls a session that nobody has named. */
const UNNAMED = 'Workspace Session'

/** The newest sessions of the workspace. */
export const workspaceSessions = queryOptions({
  queryKey: keys.workspaceSessions,
  queryFn: async () => (await sdk.listWorkspaceSessions({ query: { limit: MOST } })).items,
})

/** What a session is called: its name, or when it began. */
export function titleOf({ name, created_at }: Pick<SessionListed, 'name' | 'created_at'>): string {
  if (name && name !== UNNAMED) return name
  const began = new Date(created_at)
  return `Session of ${began.toLocaleDateString('en-GB', { day: 'numeric', month: 'long' })}`
}

/** Goes back to a session that is there. Each has a draft of its own. */
export function useSessionChange() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => {
      keepDraft()
      return sdk.changeWorkspaceSession({ path: { session_id: id }, body: { active: true } })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.workspace }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
  })
}
