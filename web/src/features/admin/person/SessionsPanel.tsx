import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { sdk, sentenceOf } from '@/api'
import { keys } from '@/api/keys'
import { SessionList } from '@/features/account/security/SessionList'
import { count } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import { AskTwice } from '../AskTwice'
import { api, type Person } from '../contract'
import { Panel } from '../Panel'
import panel from '../panel.module.css'
import { RowBones } from '../RowBones'
import { usePersonAction } from './usePersonAction'

/** The browsers in which an account is signed in; one or all of them are signed out. */
export function SessionsPanel({ person }: { person: Person }) {
  const list = useQuery({
    queryKey: keys.personSessions(person.id),
    queryFn: () => api.sessions(person.id),
  })
  const client = useQueryClient()
  const end = useMutation({
    mutationFn: (session: string) => api.endSession(person.id, session),
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
      side={
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
      {list.isPending ? <RowBones label="Reading the sessions" /> : null}
      {list.isError ? (
        <div className={panel.error} role="alert">
          <p>The sessions could not be read. {sentenceOf(list.error)}</p>
          <Button variant="default" mt={8} onClick={() => void list.refetch()}>
            Try again
          </Button>
        </div>
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
