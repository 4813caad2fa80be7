/** Prompts to begin with; every subject is one that the built-in engine knows. */
export const EXAMPLES: readonly string[] = [
  'a lighthouse in a storm, a small boat below',
  'a red fox in the snow at dusk, watercolour',
  'two cats in a library, golden hour',
  'a robot and an owl in the forest, fireflies',
  'a hot air balloon above the clouds at sunset',
  'a teapot on a table in a sunny room, oil painting',
]

/** The same for clips, with a camera move in words. */
export const CLIP_EXAMPLES: readonly string[] = [
  'slow zoom in on a lighthouse at sunset',
  'pan left across the mountains at dawn, in a loop',
]
