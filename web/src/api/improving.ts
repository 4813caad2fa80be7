import type { EnhanceIn, EnhanceOut } from './generated/types.gen'
import { brokenOff, postForEvents } from './http'

/** Rewrites a prompt; `hear` gets what the model writes as it comes. Aborting stops the model. */
export async function improvePrompt(
  body: EnhanceIn,
  hear: (text: string) => void,
  signal: AbortSignal,
): Promise<EnhanceOut> {
  const whole: EnhanceOut[] = []
  await postForEvents('/api/prompts/enhance/stream', body, signal, ({ type, data }) => {
    if (type === 'delta') hear((data as { text: string }).text)
    if (type === 'done') whole.push(data as EnhanceOut)
  })
  const [answer] = whole
  if (!answer) throw brokenOff()
  return answer
}
