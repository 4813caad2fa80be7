import type { StudioLiveEvent } from './generated/types.gen'

export type LiveEventType = StudioLiveEvent['type']
type DataOf<T extends LiveEventType> = Extract<StudioLiveEvent, { type: T }>['data']

/** What to do for each kind of event. Adding an event to the API makes this incomplete, and the build says so. */
export type EventTable = { [T in LiveEventType]: (data: DataOf<T>) => void }

/** `connecting` only lasts until the first contact; `lost` means that the browser is trying again. */
export type LinkState = 'connecting' | 'open' | 'lost'

interface Source {
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void
  close(): void
  readyState: number
}

export interface EventLinkOptions {
  table: EventTable
  onState: (state: LinkState) => void
  /** A connection that came back: what was missed is not known. */
  onReconnect: () => void
  open?: (url: string) => Source
  /** Milliseconds before a stream that the browser gave up is opened again. */
  patience?: number
}

const CLOSED = 2

/**
 * Opens the stream of live events and keeps it open. Returns how to end it.
 *
 * A browser reconnects by itself after a lost connection, but gives up after an answer that is an
 * error, as during a restart of the studio; then the stream is opened anew.
 */
export function followEvents(options: EventLinkOptions): () => void {
  const { table, onState, onReconnect, patience = 3000 } = options
  const open = options.open ?? ((url: string): Source => new EventSource(url))
  let source: Source | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let before = false

  const connect = () => {
    source = open('/api/events')
    source.addEventListener('open', () => {
      onState('open')
      if (before) onReconnect()
      before = true
    })
    source.addEventListener('error', () => {
      onState('lost')
      if (source?.readyState === CLOSED) {
        source.close()
        clearTimeout(timer)
        timer = setTimeout(connect, patience)
      }
    })
    for (const type of Object.keys(table) as LiveEventType[]) {
      source.addEventListener(type, (event) => dispatch(table, type, event.data))
    }
  }

  onState('connecting')
  connect()
  return () => {
    clearTimeout(timer)
    source?.close()
  }
}

/** Hands the data of an event to its row of the table; text that is not JSON is left alone. */
export function dispatch(table: EventTable, type: LiveEventType, text: string): void {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    return
  }
  const handle = table[type] as (data: unknown) => void
  handle(data)
}
