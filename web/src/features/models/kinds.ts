/** What the kinds of model files are called. */
export const KINDS: Record<string, string> = {
  checkpoint: 'Model',
  lora: 'LoRA',
  vae: 'VAE',
  text_encoder: 'Text encoder',
  network: 'Network alone',
  controlnet: 'ControlNet',
  upscaler: 'Upscaler',
  embedding: 'Embedding',
  language_model: 'Language model',
  other: 'Unknown',
}

export const kindName = (kind: string): string => KINDS[kind] ?? kind

/** A number of parameters as people say it: `6.6 B`, `22 M`. */
export function parametersOf(number: number): string {
  if (number >= 1e9) return `${(number / 1e9).toFixed(1)} B`
  if (number >= 1e6) return `${Math.round(number / 1e6)} M`
  return number.toLocaleString('en-GB')
}
