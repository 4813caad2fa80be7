import { useMutation } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { improvePrompt, sentenceOf, type EnhanceOut } from '@/api'
import { showToast } from '@/ui/toastStore'
import { getDraft, patchDraft, type Improved } from './draft'

const SLOW_MS = 1000

function writtenBy(answer: EnhanceOut): string {
  if (answer.engine) return `by ${answer.engine.name}`
  return answer.strategy === 'original' ? 'left as it is' : 'by rules'
}

export function improvedFrom(answer: EnhanceOut): Improved {
  return {
    source: answer.original_prompt,
    text: answer.enhanced_prompt,
    inUse: false,
    notes: answer.notes.map((note) => note.message),
    cut: answer.cut,
    by: writtenBy(answer),
  }
}

export interface Improving {
  run: () => void
  stop: () => void
  pending: boolean
  slow: boolean
  /** What the model has written so far. */
  written: string
}

/** Asks for a better prompt; it is shown beneath the own one, and used only when the person says so. */
export function useImprove(): Improving {
  const [slow, setSlow] = useState(false)
  const [written, setWritten] = useState('')
  const leave = useRef<AbortController | null>(null)
  const { mutate, isPending } = useMutation({
    mutationFn: (prompt: string) => {
      leave.current = new AbortController()
      const { jobType, preset } = getDraft()
      return improvePrompt(
        {
          prompt,
          job_type: jobType,
          strategy: 'auto',
          ...(preset ? { preset_id: preset } : {}),
        },
        (text) => setWritten((before) => before + text),
        leave.current.signal,
      )
    },
    onMutate: () => setWritten(''),
    onSuccess: (answer) => patchDraft({ improved: improvedFrom(answer) }),
    onError: (error) => {
      if (!leave.current?.signal.aborted) showToast({ text: sentenceOf(error), tone: 'error' })
    },
    onSettled: () => setSlow(false),
  })
  const stop = useCallback(() => leave.current?.abort(), [])
  useEffect(() => stop, [stop])
  useEffect(() => {
    if (!isPending) return
    const timer = setTimeout(() => setSlow(true), SLOW_MS)
    return () => clearTimeout(timer)
  }, [isPending])
  return {
    run: () => {
      const prompt = getDraft().prompt.trim()
      if (prompt && !isPending) mutate(prompt)
    },
    stop,
    pending: isPending,
    slow,
    written,
  }
}
