import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dispatch, followEvents, type EventTable } from './events'

class FakeSource {
  static all: FakeSource[] = []
  readyState = 0
  closed = false
  listeners = new Map<string, (event: MessageEvent<string>) => void>()
  constructor(readonly url: string) {
    FakeSource.all.push(this)
  }
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void) {
    this.listeners.set(type, listener)
  }
  say(type: string, data = '{}') {
    this.listeners.get(type)?.(new MessageEvent(type, { data }))
  }
  close() {
    this.closed = true
  }
}

function table(): EventTable {
  return {
    'job.updated': vi.fn(),
    'job.progress': vi.fn(),
    'asset.created': vi.fn(),
    'asset.removed': vi.fn(),
    'library.changed': vi.fn(),
    'queue.moved': vi.fn(),
    resync: vi.fn(),
  }
}

beforeEach(() => {
  FakeSource.all = []
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

function following() {
  const options = {
    table: table(),
    onState: vi.fn(),
    onReconnect: vi.fn(),
    open: (url: string) => new FakeSource(url),
    patience: 100,
  }
  return { ...options, stop: followEvents(options) }
}

const newest = () => FakeSource.all.at(-1) ?? new FakeSource('none')

describe('following events', () => {
  it('hands each event to its row', () => {
    const { table } = following()
    newest().say('job.updated', '{"job_id":"a","status":"queued"}')
    expect(table['job.updated']).toHaveBeenCalledWith({ job_id: 'a', status: 'queued' })
    expect(table['job.progress']).not.toHaveBeenCalled()
  })

  it('tells of a lost connection, and of its return only after it was there before', () => {
    const { onState, onReconnect } = following()
    newest().say('open')
    expect(onReconnect).not.toHaveBeenCalled()
    newest().say('error')
    newest().say('open')
    expect(onReconnect).toHaveBeenCalledOnce()
    expect(onState.mock.calls.flat()).toEqual(['connecting', 'open', 'lost', 'open'])
  })

  it('opens the stream anew where the browser gave up, and never twice at once', () => {
    following()
    newest().readyState = 2
    newest().say('error')
    newest().say('error')
    vi.advanceTimersByTime(100)
    expect(FakeSource.all.map((source) => source.closed)).toEqual([true, false])
  })

  it('leaves reconnecting to the browser while it tries', () => {
    following()
    newest().say('error')
    vi.advanceTimersByTime(10_000)
    expect(FakeSource.all).toHaveLength(1)
  })

  it('ends for good', () => {
    const { stop } = following()
    newest().readyState = 2
    newest().say('error')
    stop()
    vi.advanceTimersByTime(10_000)
    expect(FakeSource.all).toHaveLength(1)
  })

  it('passes over text that is not JSON', () => {
    const rows = table()
    dispatch(rows, 'resync', 'not JSON')
    expect(rows.resync).not.toHaveBeenCalled()
  })
})
