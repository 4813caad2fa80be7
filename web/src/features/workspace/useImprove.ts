import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { sdk, sentenceOf, type EnhanceOut } from '@/api'
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

/** Asks for a better prompt; it is shown beneath the own one, and used only when the person says so. */
export function useImprove(): { run: () => void; pending: boolean; slow: boolean } {
  const [slow, setSlow] = useState(false)
  const { mutate, isPending } = useMutation({
    mutationFn: (prompt: string) =>
      sdk.enhancePrompt({ body: { prompt, job_type: getDraft().jobType, strategy: 'auto' } }),
    onSuccess: (answer) => patchDraft({ improved: improvedFrom(answer) }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: () => setSlow(false),
  })
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
    pending: isPending,
    slow,
  }
}
