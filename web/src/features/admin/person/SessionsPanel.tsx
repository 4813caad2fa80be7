import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { sdk, sentenceOf, type PersonOut } from '@/api'
import { keys } from '@/api/keys'
import { SessionList } from '@/features/account/security/SessionList'
import { count } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import { AskTwice } from '@/ui/AskTwice'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import panel from '../panel.module.css'
import { usePersonAction } from './usePersonAction'

/** The browsers in which an account is signed in; one or all of them are signed out. */
export function SessionsPanel({ person }: { person: PersonOut }) {
  const list = useQuery({
    queryKey: keys.personSessions(person.id),
    queryFn: () => sdk.listSessionsOfPerson({ path: { person_id: person.id } }),
  })
  const client = useQueryClient()
  const end = useMutation({
    mutationFn: (session: string) =>
      sdk.endSessionOfPerson({ path: { person_id: person.id, session_id: session } }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.person(person.id) }),
  })
  const endAll = usePersonAction(
    () => sdk.endSessionsOfPerson({ path: { person_id: person.id } }),
    () => `${person.username} is signed out everywhere`,
  )
  const sessions = list.data?.items
  return (
    <Panel
      title="Sessions"
      about="Browsers that are signed in. One that is ended must sign in again."
      aside={
        sessions?.length ? (
          <AskTwice
            action="End all"
            sure={`End ${count(sessions.length, 'session')}`}
            pending={endAll.isPending}
            onSure={() => endAll.mutate(undefined)}
          />
        ) : null
      }
    >
      {list.isPending ? <RowsSkeleton rows={2} /> : null}
      {list.isError ? (
        <PanelError what="The sessions" error={list.error} onRetry={() => void list.refetch()} />
      ) : null}
      {endAll.isError ? (
        <p className={panel.error} role="alert">
          {sentenceOf(endAll.error)}
        </p>
      ) : null}
      {sessions?.length ? (
        <SessionList
          sessions={sessions}
          onEnd={end.mutate}
          ending={new Set(end.isPending ? [end.variables] : [])}
        />
      ) : null}
      {sessions?.length === 0 ? <p className={panel.hint}>Nowhere signed in.</p> : null}
    </Panel>
  )
}
