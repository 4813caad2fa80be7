import type { EnhanceIn, EnhanceOut } from './generated/types.gen'
import { brokenOff, postForEvents } from './http'

/** Rewrites a prompt; `hear` gets what the model writes as it comes. Aborting stops the model. */
export async function improvePrompt(
  body: EnhanceIn,
  hear: (text: string) => void,
  signal: AbortSignal,
): Promise<EnhanceOut> {
  let whole: EnhanceOut | null = null
  await postForEvents('/api/prompts/enhance/stream', body, signal, ({ type, data }) => {
    if (type === 'delta') hear((data as { text: string }).text)
    if (type === 'done') whole = data as EnhanceOut
  })
  if (!whole) throw brokenOff()
  return whole
}
