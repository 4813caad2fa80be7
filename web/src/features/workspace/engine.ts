import type { EngineOptionOut, JobTypeOut } from '@/api'
import type { Draft } from './draft'

/** The engine that a draft names among those of its job type, if it names one. */
export function namedEngine(draft: Draft, type: JobTypeOut): EngineOptionOut | undefined {
  return type.engines.find((engine) => engine.id === draft.engine)
}

/** The job type as the draft's engine does it: its limits are that engine's. */
export function typeFor(draft: Draft, type: JobTypeOut | undefined): JobTypeOut | undefined {
  if (!type || draft.engine === '') return type
  const engine = namedEngine(draft, type)
  if (!engine) {
    return {
      ...type,
      available: false,
      engine: null,
      limits: null,
      reason: 'The engine that you chose is not there now.',
      remedy: 'Choose another one under Advanced.',
    }
  }
  return {
    ...type,
    available: true,
    reason: '',
    remedy: '',
    engine,
    limits: engine.limits,
    estimate_seconds: engine.id === type.engine?.id ? type.estimate_seconds : null,
  }
}
