import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { sdk, type JobIn } from '@/api'
import { keys } from '@/api/keys'
import { newKey } from '@/features/jobs/actions'
import { storeJob } from '@/features/jobs/cache'

interface Progress {
  /** How many jobs the studio has taken. */
  done: number
  running: boolean
  /** Why it stopped, where it was not the person who stopped it. */
  error: unknown
}

const IDLE: Progress = { done: 0, running: false, error: null }

/**
 * Makes many jobs, one after the other. Each has a key of its own, so that going on after a lost
 * answer makes none twice; it stops at the first refusal, when told, and when the sheet closes.
 */
export function useMakeMany(bodies: readonly JobIn[]) {
  const client = useQueryClient()
  const [progress, setProgress] = useState(IDLE)
  const going = useRef(false)
  const sent = useRef<string[]>([])
  useEffect(
    () => () => {
      going.current = false
    },
    [],
  )
  const run = async () => {
    going.current = true
    const stopped = () => !going.current
    let { done } = progress
    try {
      for (const body of bodies.slice(done)) {
        if (stopped()) break
        setProgress({ done, running: true, error: null })
        const key = (sent.current[done] ??= newKey())
        storeJob(client, await sdk.createJob({ body, headers: { 'idempotency-key': key } }))
        done += 1
      }
      setProgress({ done, running: false, error: null })
    } catch (error) {
      setProgress({ done, running: false, error })
    }
    void client.invalidateQueries({ queryKey: keys.queuedJobs })
    return done === bodies.length
  }
  return {
    ...progress,
    run,
    stop: () => {
      going.current = false
    },
  }
}
