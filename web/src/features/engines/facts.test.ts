import { describe, expect, it } from 'vitest'
import { doingOf, figure, paceOf, placeOf, sizeOf, standingOf } from './facts'
import { measured, worker } from './fixtures'

describe('the standing of an engine', () => {
  it('gathers where it is loaded, what was measured and its last fault', () => {
    const older = { ...measured, model: 'harbour', measured_at: '2026-10-01T11:00:00Z' }
    const torn = { ...older, fault: 'It tore.', fault_at: '2026-10-01T11:00:00Z' }
    const found = standingOf('sketchbook', [worker], [torn, measured])
    expect(found.places.map(placeOf)).toEqual(['Loaded on hall (812.0 MB), at work'])
    expect(found.measured.map((each) => each.model)).toEqual(['', 'harbour'])
    expect(found.fault?.text).toBe('It tore.')
  })

  it('does not count a worker that is silent, nor an engine that still loads', () => {
    const loading = { ...worker, engines: worker.engines.map((e) => ({ ...e, loaded: false })) }
    expect(standingOf('sketchbook', [{ ...worker, silent: true }, loading], []).places).toEqual([])
  })
})

describe('in words', () => {
  it('says how quick an engine is, and names a model that is not the usual one', () => {
    expect(paceOf(measured)).toBe('Loads in 0.42 s, 12 steps a second, 900.0 MB of memory')
    expect(
      paceOf({ ...measured, model: 'harbour', device_bytes: 7e9, steps_per_second: 3.14 }),
    ).toBe(
      'harbour: loads in 0.42 s, 3.1 steps a second, 900.0 MB of memory, 7.0 GB of the graphics card',
    )
    const nothing = { ...measured, ram_bytes: 0, load_seconds: null, steps_per_second: null }
    expect(paceOf(nothing)).toBe('')
  })

  it('says what a worker may take and does', () => {
    expect(sizeOf(worker)).toBe(
      '2 jobs at once: pictures and films. 3 cores. 20.0 GB of memory for engines, 12.0 GB free. ' +
        'Big card, 9.0 GB of 24.0 GB free',
    )
    expect(sizeOf({ ...worker, role: 'server', device_bytes: null })).toMatch(/^Improves prompts/)
    expect(doingOf({ ...worker, jobs: [] }, () => 'Chat')).toEqual(['Chat works'])
    expect(doingOf(worker, () => 'Sketchbook')[0]).toMatch(/with Sketchbook, step 3 of 20$/)
  })

  it('gives two digits that count', () => {
    expect([0.4213, 3.14, 12.4, 340.2].map(figure)).toEqual(['0.42', '3.1', '12', '340'])
  })
})
