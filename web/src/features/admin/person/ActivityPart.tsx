import type { PersonOut } from '@/api'
import { TrailList } from '../activity/TrailList'

/** What a person did here. */
export function ActivityPart({ person }: { person: PersonOut }) {
  return (
    <TrailList
      filter={{ user_id: person.id }}
      empty={`${person.username} has done nothing yet that the trail keeps.`}
    />
  )
}
