import { useLocalStorage } from '@mantine/hooks'
import { useMemo } from 'react'

const LIMIT = 300

/** Failed jobs that were put out of sight on this device. */
export function useHiddenJobs(): [ReadonlySet<string>, (id: string) => void] {
  const [ids, setIds] = useLocalStorage<string[]>({ key: 'fabula.hidden-jobs', defaultValue: [] })
  const hidden = useMemo(() => new Set(ids), [ids])
  return [hidden, (id) => setIds((before) => [...before, id].slice(-LIMIT))]
}
