import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import person from '../person/PersonPage.module.css'
import { promptCache, stateOf } from '../studio/promptCache'
import classes from './template.module.css'

/** The pages about all templates. */
export function TemplatesNav() {
  const options = { exact: true, includeSearch: false }
  return (
    <nav className={person.parts} aria-label="About templates">
      <Link to="/admin/templates" activeOptions={options} className={person.part}>
        All
      </Link>
      <Link to="/admin/templates/coverage" activeOptions={options} className={person.part}>
        Coverage
      </Link>
      <Link to="/admin/templates/simulator" activeOptions={options} className={person.part}>
        Simulator
      </Link>
      <CacheState />
    </nav>
  )
}

/** What jobs read instead of the tables, and whether it is as it should be. */
function CacheState() {
  const { data } = useQuery(promptCache)
  if (!data) return null
  const good = data.valid && data.current && !data.stale
  const Sign = good ? IconCircleCheck : IconAlertTriangle
  return (
    <Link to="/admin" hash="prompt-cache" className={classes.cache} data-good={good}>
      <Sign size={16} stroke={1.7} aria-hidden />
      Cache {stateOf(data)}
    </Link>
  )
}
