import { TrailList } from '../activity/TrailList'
import type { Person } from '../contract'

/** What a person did here. */
export function ActivityPart({ person }: { person: Person }) {
  return (
    <TrailList
      filter={{ user_id: person.id }}
      empty={`${person.username} has done nothing yet that the trail keeps.`}
    />
  )
}
