import type { Person } from '../contract'
import panel from '../panel.module.css'
import { AgePanel } from './AgePanel'
import { DeletePanel } from './DeletePanel'
import { PlanPanel } from './PlanPanel'
import { RolesPanel } from './RolesPanel'
import { SuspensionPanel } from './SuspensionPanel'

/** What an account is and may do, and whether it goes on. */
export function AccountPart({ person }: { person: Person }) {
  return (
    <div className={panel.panels}>
      <RolesPanel person={person} />
      <PlanPanel person={person} />
      {person.age_verified === null ? null : (
        <AgePanel person={person} verified={person.age_verified} />
      )}
      <SuspensionPanel person={person} />
      <DeletePanel person={person} />
    </div>
  )
}
