import { CloseButton } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState, type RefObject } from 'react'
import classes from './search.module.css'

/** Quiet time after typing before it is searched, in milliseconds. */
const PAUSE_MS = 250

interface SearchFieldProps {
  q: string
  onSearch: (q: string) => void
  /** The name of the field, such as `Search the library`. */
  label: string
  placeholder: string
  field: RefObject<HTMLInputElement | null>
}

/** Searches while one types; what stands in the address, from a link or by going back, is shown. */
export function SearchField({ q, onSearch, label, placeholder, field }: SearchFieldProps) {
  const [typed, setTyped] = useState(q)
  const [seen, setSeen] = useState(q)
  if (q !== seen) {
    setSeen(q)
    // An address that is not what was typed a moment ago came from elsewhere.
    if (!typed.trim().startsWith(q) || q === '') setTyped(q)
  }
  const wanted = typed.trim()
  useEffect(() => {
    if (wanted === q) return
    const timer = setTimeout(() => onSearch(wanted), PAUSE_MS)
    return () => clearTimeout(timer)
    // Only typing starts the clock: a new address alone is no reason to search for the old words.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted])
  const clear = () => {
    setTyped('')
    onSearch('')
  }
  return (
    <div className={classes.search} role="search">
      <IconSearch className={classes.glass} size={18} stroke={1.7} aria-hidden />
      <input
        ref={field}
        className={classes.field}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        aria-label={label}
        placeholder={placeholder}
        maxLength={200}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onSearch(wanted)
          if (event.key === 'Escape') {
            if (typed) clear()
            else event.currentTarget.blur()
          }
        }}
      />
      {typed ? (
        <CloseButton className={classes.clear} aria-label="Clear the field" onClick={clear} />
      ) : (
        <kbd className={classes.key} aria-hidden>
          /
        </kbd>
      )}
    </div>
  )
}
