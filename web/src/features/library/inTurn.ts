/**
 * Does one thing for each of many, a few at a time, and goes on when one fails. Returns what was
 * thrown; `onDone` hears how many are through.
 */
export async function inTurn<T>(
  items: readonly T[],
  run: (item: T) => Promise<void>,
  onDone: (done: number) => void = () => undefined,
  atOnce = 4,
): Promise<unknown[]> {
  const failures: unknown[] = []
  let next = 0
  let done = 0
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next++] as T
      try {
        await run(item)
      } catch (error) {
        failures.push(error)
      }
      onDone(++done)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work))
  return failures
}
