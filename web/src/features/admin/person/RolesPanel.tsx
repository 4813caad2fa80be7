import { Switch } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { sdk, sentenceOf, type PersonOut } from '@/api'
import { keys } from '@/api/keys'
import { me } from '@/features/account/queries'
import { roleName } from '@/features/account/roles'
import { Panel } from '@/features/account/Panel'
import panel from '../panel.module.css'
import { permissions } from '../queries'
import { ROLES, type Role } from '../roles'
import { whatMay } from '../whatMay'
import { usePersonAction } from './usePersonAction'

/** The roles of an account, each with what it may do. */
export function RolesPanel({ person }: { person: PersonOut }) {
  return (
    <Panel title="Roles" about="What this person may do here is what any of their roles allows.">
      <ul className={panel.rows}>
        {ROLES.map((role) => (
          <RoleRow key={role} person={person} role={role} />
        ))}
      </ul>
    </Panel>
  )
}

function RoleRow({ person, role }: { person: PersonOut; role: Role }) {
  const id = useId()
  const client = useQueryClient()
  const { data: account } = useQuery(me)
  const table = useQuery(permissions)
  const has = person.roles.includes(role)
  const change = usePersonAction(
    async (on: boolean) => {
      const path = { person_id: person.id, role }
      await (on ? sdk.grantRole({ path }) : sdk.revokeRole({ path }))
      if (account?.id === person.id)
        void client.invalidateQueries({ queryKey: keys.me, exact: true })
    },
    (on) =>
      on
        ? `${person.username} is now ${roleName(role)}`
        : `${person.username} is no longer ${roleName(role)}`,
  )
  return (
    <li className={panel.row}>
      <div className={panel.grow} id={`${id}-may`}>
        <label htmlFor={id}>{capital(roleName(role))}</label>
        <div className={panel.hint}>{table.data ? whatMay(role, table.data) : '…'}</div>
        {change.isError ? (
          <p className={panel.error} role="alert">
            {sentenceOf(change.error)}
          </p>
        ) : null}
      </div>
      <Switch
        id={id}
        size="md"
        aria-describedby={`${id}-may`}
        // What is on its way is shown, and goes back by itself where the studio refuses.
        checked={change.isPending ? change.variables : has}
        disabled={change.isPending}
        onChange={(event) => change.mutate(event.currentTarget.checked)}
      />
    </li>
  )
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
