import { useMediaQuery, useMounted } from '@mantine/hooks'
import { IconSearchOff } from '@tabler/icons-react'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { sentenceOf } from '@/api'
import { roleName } from '@/features/account/roles'
import { useKeys } from '@/keys/useKeys'
import { SelectField } from '@/ui/Fields'
import { SearchField } from '@/ui/SearchField'
import { EmptyState, ErrorState } from '@/ui/States'
import { permissions, tableAccess } from '../queries'
import { ROLES } from '../roles'
import rows from '../rows.module.css'
import type { AccessSearch } from '../search'
import { AccessSkeleton, PermissionTable, ReachTable } from './tables'

/** Where all roles do not fit beside one another, one is shown at a time. */
const NARROW = '(max-width: 68em)'

/** What every role may do, and which rows of the database each can reach. */
export default function AccessPage() {
  const { q = '', role } = useSearch({ from: '/studio/admin/access' })
  const navigate = useNavigate()
  const change = (next: AccessSearch) =>
    void navigate({ to: '/admin/access', search: (old) => ({ ...old, ...next }), replace: true })
  const field = useRef<HTMLInputElement>(null)
  useKeys({ search: () => field.current?.focus() }, { enabled: useMounted() })
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false })

  const byName = useQuery(permissions)
  const byTable = useQuery(tableAccess)
  const failed = byName.isError ? byName : byTable.isError ? byTable : null
  if (failed) {
    return (
      <ErrorState
        title="The access table could not be read"
        reason={sentenceOf(failed.error)}
        onRetry={() => void failed.refetch()}
      />
    )
  }

  const all = rolesOf(byTable.data?.map((table) => Object.keys(table.cells)) ?? [])
  const known = all.find((each) => each === role)
  const shown = known ? [known] : narrow ? [all[0] ?? 'admin'] : all
  const wanted = q.toLowerCase()
  const named = byName.data?.filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(wanted),
  )
  const tables = byTable.data?.filter(({ name }) => name.toLowerCase().includes(wanted))

  return (
    <>
      <header className={rows.head}>
        <h1 className={rows.heading}>Access</h1>
      </header>
      <div className={rows.filters}>
        <div className={rows.wide}>
          <SearchField
            q={q}
            onSearch={(next) => change({ q: next || undefined })}
            label="Search the access table"
            placeholder="Search permissions and tables"
            field={field}
          />
        </div>
        <div className={rows.role}>
          <SelectField
            label="Role"
            value={narrow ? (shown[0] ?? '') : (known ?? '')}
            options={[
              ...(narrow ? [] : [{ value: '', label: 'All roles' }]),
              ...all.map((each) => ({ value: each, label: roleName(each) })),
            ]}
            onChange={(next) => change({ role: next || undefined })}
          />
        </div>
      </div>
      {named && tables ? (
        <>
          {named.length ? <PermissionTable permissions={named} roles={shown} /> : null}
          {tables.length ? <ReachTable tables={tables} roles={shown} /> : null}
          {named.length + tables.length === 0 ? (
            <EmptyState
              icon={IconSearchOff}
              title="Nothing found"
              actions={
                <Button variant="default" onClick={() => change({ q: undefined })}>
                  Clear the search
                </Button>
              }
            >
              No permission and no table has “{q}” in its name.
            </EmptyState>
          ) : null}
        </>
      ) : (
        <AccessSkeleton columns={shown.length} />
      )}
    </>
  )
}

/** All roles that the table knows: the studio's in their order, then others such as the machine. */
function rolesOf(seen: readonly (readonly string[])[]): string[] {
  return [...new Set<string>([...ROLES, ...seen.flat()])]
}
