import { IconCheck, IconMinus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { PermissionOut, TableAccessOut } from '@/api'
import { roleName } from '@/features/account/roles'
import rows from '../rows.module.css'
import classes from './tables.module.css'
import { reachOf } from './reach'

interface MatrixProps {
  title: string
  about: string
  corner: string
  roles: readonly string[]
  children: ReactNode
}

/** A table with a column for each role; its head stays in sight. */
function Matrix({ title, about, corner, roles, children }: MatrixProps) {
  return (
    <section className={classes.section}>
      <h2 className={classes.title}>{title}</h2>
      <p className={classes.about}>{about}</p>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col" className={classes.corner}>
              {corner}
            </th>
            {roles.map((role) => (
              <th key={role} scope="col">
                {roleName(role)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  )
}

const PERMISSIONS = {
  title: 'What roles may do',
  about: 'By name, as the studio checks it before it does anything.',
  corner: 'Permission',
}

const REACH = {
  title: 'Which rows roles reach',
  about:
    'By table, as the database holds it beneath, whatever the studio asks for. In part: some of the columns.',
  corner: 'Table',
}

/** The named permissions, and which roles give them. */
export function PermissionTable({
  permissions,
  roles,
}: {
  permissions: readonly PermissionOut[]
  roles: readonly string[]
}) {
  return (
    <Matrix {...PERMISSIONS} roles={roles}>
      {permissions.map((permission) => (
        <tr key={permission.name}>
          <th scope="row">
            {permission.name}
            <span className={classes.note}>{permission.description}</span>
          </th>
          {roles.map((role) => (
            <td key={role}>
              {permission.roles.includes(role) ? (
                <IconCheck
                  size={18}
                  stroke={2}
                  className={classes.yes}
                  role="img"
                  aria-label="yes"
                />
              ) : (
                <No />
              )}
            </td>
          ))}
        </tr>
      ))}
    </Matrix>
  )
}

/** Which rows of each table a role may create, read, change and delete. */
export function ReachTable({
  tables,
  roles,
}: {
  tables: readonly TableAccessOut[]
  roles: readonly string[]
}) {
  return (
    <Matrix {...REACH} roles={roles}>
      {tables.map((table) => (
        <tr key={table.name}>
          <th scope="row" className={classes.code}>
            {table.name}
          </th>
          {roles.map((role) => {
            const reach = reachOf(table.cells[role])
            return (
              <td key={role}>
                {reach.length ? null : <No />}
                {reach.map((each) => (
                  <div key={each.rows}>
                    <span className={classes.rows} data-rows={each.rows}>
                      {each.said}
                    </span>{' '}
                    {each.verbs}
                  </div>
                ))}
              </td>
            )
          })}
        </tr>
      ))}
    </Matrix>
  )
}

function No() {
  return <IconMinus size={16} stroke={1.7} className={classes.no} role="img" aria-label="no" />
}

/** The first table before it is known. */
export function AccessSkeleton({ columns }: { columns: number }) {
  return (
    <div role="status" aria-label="Reading the access table">
      <Matrix {...PERMISSIONS} roles={[]}>
        {Array.from({ length: 8 }, (_, row) => (
          <tr key={row}>
            {Array.from({ length: columns + 1 }, (_, at) => (
              <td key={at}>
                <span className={rows.bone} style={{ width: at ? 18 : 160 }} />
              </td>
            ))}
          </tr>
        ))}
      </Matrix>
    </div>
  )
}
