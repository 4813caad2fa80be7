import { useEffect, useRef } from 'react'
import { addLayer, type KeyHandlers } from './dispatch'

/**
 * Gives keys of the table a meaning while the component is there.
 *
 *     useKeys({ keep: () => keep(current) })
 *     useKeys({ close }, { modal: true })   // the page beneath hears nothing
 */
export function useKeys(
  handlers: KeyHandlers,
  { modal = false, enabled = true }: { modal?: boolean; enabled?: boolean } = {},
): void {
  const current = useRef(handlers)
  useEffect(() => {
    current.current = handlers
  })
  const names = Object.keys(handlers).sort().join(' ')
  useEffect(() => {
    if (!enabled) return
    const stable: KeyHandlers = {}
    for (const name of names ? (names.split(' ') as (keyof KeyHandlers)[]) : []) {
      stable[name] = (event) => current.current[name]?.(event)
    }
    return addLayer({ handlers: stable, modal })
  }, [names, modal, enabled])
}
