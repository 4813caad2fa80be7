import { useEffect, useState } from 'react'

type Handlers<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => void ? (...args: A) => void : never
}

/** Functions that stay the same and do what the latest ones do. */
class Latest<T extends Handlers<T>> {
  readonly stable: T
  private current: T

  constructor(handlers: T) {
    this.current = handlers
    const calls = Object.keys(handlers).map((name) => [
      name,
      (...args: never[]) => (this.current[name as keyof T] as (...args: never[]) => void)(...args),
    ])
    this.stable = Object.fromEntries(calls) as T
  }

  take(handlers: T): void {
    this.current = handlers
  }
}

/** The same functions for as long as the component lives, which do what the latest ones do. */
export function useStable<T extends Handlers<T>>(handlers: T): T {
  const [latest] = useState(() => new Latest(handlers))
  useEffect(() => latest.take(handlers))
  return latest.stable
}
