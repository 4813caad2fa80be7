import { IconCheck, IconPlus } from '@tabler/icons-react'
import classes from './template.module.css'

interface PlaceholdersProps {
  /** Those that are filled in for this use case. */
  known: readonly string[]
  used: readonly string[]
  /** Those that nothing fills in. */
  unknown: readonly string[]
  onInsert: (name: string) => void
}

/** What may stand between double braces; a press puts it where the caret is. */
export function Placeholders({ known, used, unknown, onInsert }: PlaceholdersProps) {
  return (
    <div>
      <div className={classes.label} id="placeholders">
        Placeholders
      </div>
      {known.length === 0 && unknown.length === 0 ? (
        <p className={classes.hint}>This use case has none: its text stands as it is.</p>
      ) : null}
      <ul className={classes.chips} aria-labelledby="placeholders">
        {known.map((name) => {
          const there = used.includes(name)
          const Mark = there ? IconCheck : IconPlus
          return (
            <li key={name}>
              <button
                type="button"
                className={classes.chip}
                data-state={there ? 'used' : 'unused'}
                aria-label={`${name}: ${there ? 'used, insert again' : 'insert'}`}
                onClick={() => onInsert(name)}
              >
                <Mark size={14} stroke={2} aria-hidden />
                {name}
              </button>
            </li>
          )
        })}
        {unknown.map((name) => (
          <li key={name} className={classes.chip} data-state="unknown">
            {name || 'no name'}: unknown
          </li>
        ))}
      </ul>
    </div>
  )
}
