import { useEffect, useRef, useState } from 'react'

type Handlers<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => void ? (...args: A) => void : never
}

/** The same functions for as long as the component lives, which do what the latest ones do. */
export function useStable<T extends Handlers<T>>(handlers: T): T {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  const [stable] = useState(() => {
    const names = Object.keys(handlers) as (keyof T)[]
    const calls = names.map((name) => [
      name,
      (...args: never[]) => (latest.current[name] as (...args: never[]) => void)(...args),
    ])
    return Object.fromEntries(calls) as T
  })
  return stable
}
