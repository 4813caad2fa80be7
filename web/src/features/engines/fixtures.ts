import type { EngineMeasurementOut, WorkerOut } from '@/api'

/** A worker that draws, for tests. */
export const worker: WorkerOut = {
  id: '00000000-0000-4000-8000-000000000010',
  name: 'hall-42',
  role: 'worker',
  machine: 'hall',
  version: '1.0',
  lanes: ['image', 'video'],
  slots: 2,
  cores: 3,
  ram_bytes: 20e9,
  ram_free_bytes: 12e9,
  device: 'Big card',
  device_bytes: 24e9,
  device_free_bytes: 9e9,
  engines: [
    {
      engine_id: 'sketchbook',
      model: '',
      loaded: true,
      busy: true,
      ram_bytes: 812e6,
      device_bytes: 0,
      idle_seconds: 0,
    },
  ],
  jobs: [
    {
      job_id: '00000000-0000-4000-8000-000000000020',
      job_type: 'sdxl_image_fast',
      engine_id: 'sketchbook',
      stage: 'generating',
      step: 3,
      steps: 20,
    },
  ],
  started_at: '2026-11-01T10:00:00Z',
  beat_at: '2026-11-01T11:00:00Z',
  silent: false,
}

/** What Sketchbook took and how quick it was, for tests. */
export const measured: EngineMeasurementOut = {
  engine_id: 'sketchbook',
  model: '',
  machine: 'hall',
  ram_bytes: 900e6,
  device_bytes: 0,
  load_seconds: 0.42,
  steps_per_second: 12.4,
  tokens_per_second: null,
  fault: '',
  fault_at: null,
  measured_at: '2026-11-01T11:00:00Z',
}
