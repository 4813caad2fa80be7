import { useLocalStorage } from '@mantine/hooks'

const LIMIT = 300

/** Failed jobs that were put out of sight on this device. */
export function useHiddenJobs(): [ReadonlySet<string>, (id: string) => void] {
  const [ids, setIds] = useLocalStorage<string[]>({ key: 'fabula.hidden-jobs', defaultValue: [] })
  return [new Set(ids), (id) => setIds((before) => [...before, id].slice(-LIMIT))]
}
