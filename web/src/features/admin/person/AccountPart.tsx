import type { PersonOut } from '@/api'
import { useQuery } from '@tanstack/react-query'
import panel from '../panel.module.css'
import { agesMatter } from '../queries'
import { AgePanel } from './AgePanel'
import { DeletePanel } from './DeletePanel'
import { PlanPanel } from './PlanPanel'
import { RolesPanel } from './RolesPanel'
import { SuspensionPanel } from './SuspensionPanel'

/** What an account is and may do, and whether it goes on. */
export function AccountPart({ person }: { person: PersonOut }) {
  const asksAge = useQuery(agesMatter)
  return (
    <div className={panel.panels}>
      <RolesPanel person={person} />
      <PlanPanel person={person} />
      {asksAge.data ? <AgePanel person={person} /> : null}
      <SuspensionPanel person={person} />
      <DeletePanel person={person} />
    </div>
  )
}
