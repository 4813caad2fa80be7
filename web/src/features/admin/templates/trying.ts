import { sdk, type TemplateDetailOut } from '@/api'
import { count } from '@/ui/format'
import type { Target, UseCase } from './kinds'

/** A text to try, saved or not. */
export interface Text {
  text: string
  limit: number | null
}

/** What came of it: the words, and facts about them. */
export interface Tried {
  words: string
  facts: string[]
}

type TalkCase = Exclude<UseCase, 'enhancement'>

/** Whether texts of this template rewrite prompts; all others answer messages. */
export const rewrites = ({ use_case }: TemplateDetailOut): boolean => use_case === 'enhancement'

/** What is tried first; most texts for conversations are about pictures and stories. */
export const SAMPLES: Readonly<Record<string, string>> = {
  enhancement: 'a red fox in the snow',
  chat_sdxl_conversion: 'We met at the old harbour, and fog came in over the boats.',
  roleplay: 'I knock at the door of the lighthouse.',
  character_roleplay: 'I knock at the door of the lighthouse.',
  scene_generation: 'The second lamp lights up, and she turns to the window.',
  scene_narrative_generation: 'The second lamp lights up, and she turns to the window.',
  chat_admin: 'Which engine should I connect first?',
}
export const SAMPLE = 'Help me find an idea for a story by the sea.'

/** Tries a text as jobs and conversations would use it. Nothing of it is kept. */
export async function tried(
  template: TemplateDetailOut,
  { text, limit }: Text,
  said: string,
  seed: number,
): Promise<Tried> {
  return rewrites(template)
    ? rewritten(template, { text, limit }, said, seed)
    : answered(template, { text, limit }, said, seed)
}

async function rewritten(
  template: TemplateDetailOut,
  { text, limit }: Text,
  prompt: string,
  seed: number,
): Promise<Tried> {
  const answer = await sdk.tryPromptTemplate({
    body: {
      system_prompt: text,
      token_limit: limit,
      prompt,
      target_model: (template.target_model ?? 'sdxl') as Target,
      job_type: template.job_type === 'video' ? 'video' : 'image',
      content_mode: template.content_mode === 'nsfw' ? 'nsfw' : 'sfw',
      seed,
    },
  })
  return {
    words: answer.enhanced_prompt,
    facts: [
      `${count(answer.tokens, 'token')} of ${answer.token_limit}`,
      answer.engine ? `by ${answer.engine.name}` : 'by rules',
      ...answer.notes.map((note) => note.message),
    ],
  }
}

const ENDS = {
  stop: '',
  length: 'It broke off at the longest answer.',
  time: 'It took too long and was stopped.',
  refused: 'What the model wrote is not possible here.',
} as const

async function answered(
  template: TemplateDetailOut,
  { text, limit }: Text,
  message: string,
  seed: number,
): Promise<Tried> {
  const answer = await sdk.answerByPromptTemplate({
    body: {
      system_prompt: text,
      token_limit: limit,
      use_case: template.use_case as TalkCase,
      content_mode: template.content_mode as 'sfw' | 'nsfw' | 'admin',
      message,
      seed,
    },
  })
  return {
    words: answer.text,
    facts: [
      answer.tokens === null ? '' : count(answer.tokens, 'token'),
      `by ${answer.engine.name}`,
      `${(answer.time_ms / 1000).toFixed(1)} s`,
      ENDS[answer.ended],
    ].filter(Boolean),
  }
}
