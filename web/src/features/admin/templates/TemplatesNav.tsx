import { Link } from '@tanstack/react-router'
import person from '../person/PersonPage.module.css'

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
    </nav>
  )
}
