import type { EngineMeasurementOut, WorkerOut } from '@/api'
import { jobTypeName } from '@/features/lightbox/facts'
import { count, fileSize } from '@/ui/format'

const MAKES: Record<string, string> = { image: 'pictures', video: 'films' }

/** An engine as it is now: where it is loaded, and what was measured last. */
export interface Standing {
  places: { machine: string; busy: boolean; bytes: number }[]
  /** The models that were measured, the latest first. */
  measured: EngineMeasurementOut[]
  fault: { text: string; at: string } | null
}

export function standingOf(
  engineId: string,
  workers: readonly WorkerOut[],
  all: readonly EngineMeasurementOut[],
): Standing {
  const measured = all
    .filter((each) => each.engine_id === engineId)
    .sort((a, b) => b.measured_at.localeCompare(a.measured_at))
  const faults = measured
    .flatMap(({ fault, fault_at }) => (fault && fault_at ? [{ text: fault, at: fault_at }] : []))
    .sort((a, b) => b.at.localeCompare(a.at))
  return {
    places: workers
      .filter((worker) => !worker.silent)
      .flatMap((worker) =>
        worker.engines
          .filter((each) => each.engine_id === engineId && each.loaded)
          .map((each) => ({
            machine: worker.role === 'server' ? 'the server' : worker.machine,
            busy: each.busy,
            bytes: each.ram_bytes + each.device_bytes,
          })),
      ),
    measured,
    fault: faults[0] ?? null,
  }
}

/** `Loaded on hall (812 MB), at work`. */
export const placeOf = ({ machine, busy, bytes }: Standing['places'][number]): string =>
  `Loaded on ${machine} (${fileSize(bytes)})${busy ? ', at work' : ''}`

/** `Loads in 2.1 s, 12 steps a second, 812 MB of memory`. */
export function paceOf(each: EngineMeasurementOut): string {
  const facts = [
    each.load_seconds === null ? '' : `loads in ${figure(each.load_seconds)} s`,
    each.steps_per_second === null ? '' : `${figure(each.steps_per_second)} steps a second`,
    each.tokens_per_second === null ? '' : `${figure(each.tokens_per_second)} tokens a second`,
    each.ram_bytes ? `${fileSize(each.ram_bytes)} of memory` : '',
    each.device_bytes ? `${fileSize(each.device_bytes)} of the graphics card` : '',
  ].filter(Boolean)
  if (!facts.length) return ''
  const said = facts.join(', ')
  return each.model ? `${each.model}: ${said}` : said.replace(/^[a-z]/, (a) => a.toUpperCase())
}

/** How quick a server is; what it takes of its own machine is not known. */
export const quicknessOf = (each: EngineMeasurementOut): string =>
  paceOf({ ...each, load_seconds: null, ram_bytes: 0, device_bytes: 0 })

/** Two digits that count: `0.42`, `3.1`, `12`, `340`. */
export const figure = (value: number): string =>
  value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)))

/** What a worker may take. */
export function sizeOf(worker: WorkerOut): string {
  const lanes = worker.lanes.map((lane) => MAKES[lane] ?? lane).join(' and ')
  return [
    worker.role === 'server'
      ? 'Improves prompts'
      : `${count(worker.slots, 'job')} at once: ${lanes}`,
    count(worker.cores, 'core'),
    `${fileSize(worker.ram_bytes)} of memory for engines, ${fileSize(worker.ram_free_bytes)} free`,
    worker.device_bytes === null
      ? ''
      : `${worker.device}, ${fileSize(worker.device_free_bytes ?? 0)} of ${fileSize(worker.device_bytes)} free`,
  ]
    .filter(Boolean)
    .join('. ')
}

/** What a worker does now, a sentence for each job; a server has none, but its engine may work. */
export function doingOf(worker: WorkerOut, nameOf: (engineId: string) => string): string[] {
  if (!worker.jobs.length) {
    return worker.engines
      .filter((each) => each.busy)
      .map((each) => `${nameOf(each.engine_id)} works`)
  }
  return worker.jobs.map((job) => {
    const step = job.steps ? `, step ${job.step} of ${job.steps}` : ''
    return `${jobTypeName(job.job_type)} with ${nameOf(job.engine_id)}${step}`
  })
}
