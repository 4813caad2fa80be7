import type { EngineServerOut } from '@/api'

export type Kind = EngineServerOut['kind']

interface About {
  label: string
  /** What speaks this, and what it is for. */
  hint: string
  /** An address as such a server usually has it. */
  address: string
  /** Whether it usually wants a key. */
  key: boolean
  /** Whether it may ask for a name and a password in its place. */
  login?: true
}

/** The kinds of servers, as people know them. */
export const KINDS: Record<Kind, About> = {
  comfyui: {
    label: 'ComfyUI',
    hint: 'Pictures and clips, with its models and your own workflow if you have one.',
    address: 'http://127.0.0.1:8188',
    key: false,
  },
  a1111: {
    label: 'A1111, Forge, SD.Next',
    hint: 'Pictures. Start the server with --api.',
    address: 'http://127.0.0.1:7860',
    key: false,
    login: true,
  },
  'openai-images': {
    label: 'OpenAI images',
    hint: 'Pictures, by OpenAI or a server with the same API. The address ends in /v1.',
    address: 'https://api.openai.com/v1',
    key: true,
  },
  'openai-chat': {
    label: 'OpenAI chat',
    hint: 'Words: Ollama, llama.cpp, vLLM, OpenAI. The address ends in /v1.',
    address: 'http://127.0.0.1:11434/v1',
    key: true,
  },
}

export const KIND_NAMES = Object.keys(KINDS) as Kind[]
