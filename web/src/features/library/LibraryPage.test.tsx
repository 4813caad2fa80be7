import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { listenToKeys } from '@/keys/dispatch'
import type { LibraryAssetOut } from '@/api'
import { libraryAsset } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import { undoDelete } from './deleting'
import LibraryPage from './LibraryPage'

const ASSETS = 'http://studio.test/api/library/assets'
const FOX = libraryAsset(1, { title: 'Red fox' })
const BOAT = libraryAsset(2, { prompt: 'a boat at night' })
const OWL = libraryAsset(3, { title: 'Owl', is_favorite: true })

/** A studio that keeps some assets; returns what it was asked. */
function studio(assets: LibraryAssetOut[]) {
  const asked: string[] = []
  const kept = new Map(assets.map((asset) => [asset.id, asset]))
  server.use(
    http.get(ASSETS, ({ request }) => {
      const { searchParams } = new URL(request.url)
      asked.push(
        `list ${searchParams.get('q') ?? ''}${searchParams.get('favorite') ? ' favourites' : ''}`,
      )
      const q = searchParams.get('q') ?? ''
      const items = [...kept.values()].filter(
        (asset) =>
          `${asset.title ?? ''} ${asset.prompt}`.toLowerCase().includes(q) &&
          (!searchParams.get('favorite') || asset.is_favorite),
      )
      return HttpResponse.json({ items, next_cursor: null })
    }),
    http.get(`${ASSETS}/:id`, ({ params }) => {
      const asset = kept.get(String(params.id))
      if (asset) return HttpResponse.json(asset)
      return HttpResponse.json(
        { error: 'not_found', detail: 'Not in the library.' },
        { status: 404 },
      )
    }),
    http.patch(`${ASSETS}/:id`, async ({ params, request }) => {
      const change = (await request.json()) as Partial<LibraryAssetOut>
      asked.push(`change ${JSON.stringify(change)}`)
      const old = kept.get(String(params.id)) ?? FOX
      kept.set(old.id, { ...old, ...change })
      return HttpResponse.json({ ...old, ...change })
    }),
    http.delete(`${ASSETS}/:id`, ({ params }) => {
      asked.push(`delete ${String(params.id)}`)
      kept.delete(String(params.id))
      return new HttpResponse(null, { status: 204 })
    }),
  )
  return asked
}

let stopKeys: () => void
beforeEach(() => {
  stopKeys = listenToKeys()
  window.scrollBy = () => undefined
  // jsdom lays nothing out: the grid gets a width.
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 1200, 400))
})
afterEach(() => {
  stopKeys()
  undoDelete()
  vi.useRealTimers()
})

const chosenBar = () => within(screen.getByRole('toolbar', { name: 'Chosen pictures' }))
const cells = () => screen.getAllByRole('gridcell').map((cell) => cell.getAttribute('aria-label'))
const cell = (name: string) => screen.findByRole('gridcell', { name })

describe('the library', () => {
  it('shows what was kept, by title or prompt', async () => {
    studio([FOX, BOAT, OWL])
    await renderPage(<LibraryPage />, { at: '/library' })
    await cell('Red fox')
    expect(cells()).toEqual(['Red fox', 'a boat at night', 'Owl, favourite'])
    expect(screen.getByText('3 pictures')).toBeTruthy()
  })

  it('teaches the first step when nothing was kept', async () => {
    studio([])
    await renderPage(<LibraryPage />, { at: '/library' })
    expect(await screen.findByText('Nothing kept yet')).toBeTruthy()
    expect(screen.getByRole('link', { name: 'To the workspace' }).getAttribute('href')).toBe(
      '/workspace',
    )
  })

  it('searches while one types, and has the words in the address', async () => {
    const asked = studio([FOX, BOAT])
    const { router } = await renderPage(<LibraryPage />, { at: '/library' })
    await cell('Red fox')
    await userEvent.type(screen.getByLabelText('Search the library'), 'boat')
    await waitFor(() => expect(router.state.location.search).toEqual({ q: 'boat' }))
    await waitFor(() => expect(cells()).toEqual(['a boat at night']))
    expect(asked).toEqual(['list ', 'list boat'])
  })

  it('says what was searched when nothing is found, and widens', async () => {
    studio([FOX])
    const { router } = await renderPage(<LibraryPage />, { at: '/library?q=zebra&favourites=true' })
    expect(await screen.findByText('Nothing found')).toBeTruthy()
    expect(screen.getByText('zebra')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Search all pictures' }))
    await waitFor(() => expect(router.state.location.search).toEqual({ q: 'zebra' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Clear the search' }))
    await cell('Red fox')
    expect(screen.getByLabelText<HTMLInputElement>('Search the library').value).toBe('')
  })

  it('says why it could not be read and tries again', async () => {
    server.use(
      http.get(ASSETS, () =>
        HttpResponse.json({ error: 'x', detail: 'The disk is full.' }, { status: 503 }),
      ),
    )
    await renderPage(<LibraryPage />, { at: '/library' })
    expect(await screen.findByText('The disk is full.')).toBeTruthy()
    studio([FOX])
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await cell('Red fox')
  })
})

describe('keys', () => {
  it('move, choose and favour', async () => {
    const asked = studio([FOX, BOAT, OWL])
    await renderPage(<LibraryPage />, { at: '/library' })
    const first = await cell('Red fox')
    first.focus()
    fireEvent.keyDown(first, { key: 'ArrowRight' })
    expect(document.activeElement?.getAttribute('aria-label')).toBe('a boat at night')
    fireEvent.keyDown(document.activeElement ?? first, { key: ' ' })
    expect(await screen.findByText('1', { exact: false, selector: '[role="status"]' })).toBeTruthy()
    fireEvent.keyDown(document.activeElement ?? first, { key: 'f' })
    await waitFor(() => expect(asked).toContain('change {"is_favorite":true}'))
    fireEvent.keyDown(document.activeElement ?? first, { key: 'Escape' })
    expect(await screen.findByLabelText('Search the library')).toBeTruthy()
  })

  it('open the picture in the address', async () => {
    studio([FOX, BOAT])
    const { router } = await renderPage(<LibraryPage />, { at: '/library' })
    const first = await cell('Red fox')
    first.focus()
    fireEvent.keyDown(first, { key: 'Enter' })
    await waitFor(() => expect(router.state.location.search).toEqual({ view: FOX.id }))
  })
})

describe('choosing several', () => {
  it('takes a range with shift and tags all of it', async () => {
    const asked = studio([FOX, BOAT, OWL])
    await renderPage(<LibraryPage />, { at: '/library' })
    fireEvent.click(await cell('Red fox'), { ctrlKey: true })
    fireEvent.click(await cell('Owl, favourite'), { shiftKey: true })
    expect(chosenBar().getByRole('status').textContent).toBe('3 selected')
    await userEvent.click(chosenBar().getByRole('button', { name: 'Add tags' }))
    await userEvent.type(await screen.findByLabelText('Add a tag'), 'woods,')
    await userEvent.click(screen.getByRole('button', { name: 'Add to the chosen' }))
    await waitFor(() =>
      expect(asked.filter((line) => line === 'change {"tags":["woods"]}')).toHaveLength(3),
    )
  })

  it('deletes after ten seconds, unless undone', async () => {
    const asked = studio([FOX, BOAT, OWL])
    await renderPage(<LibraryPage />, { at: '/library' })
    fireEvent.click(await cell('Red fox'), { ctrlKey: true })
    fireEvent.click(await cell('a boat at night'))
    vi.useFakeTimers({ shouldAdvanceTime: true })
    fireEvent.click(chosenBar().getByRole('button', { name: 'Delete' }))
    expect(cells()).toEqual(['Owl, favourite'])
    fireEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    expect(cells()).toHaveLength(3)
    await vi.advanceTimersByTimeAsync(11_000)
    expect(asked.filter((line) => line.startsWith('delete'))).toEqual([])

    fireEvent.click(await cell('Red fox'), { ctrlKey: true })
    fireEvent.click(chosenBar().getByRole('button', { name: 'Delete' }))
    await vi.advanceTimersByTimeAsync(10_100)
    await waitFor(() => expect(asked).toContain(`delete ${FOX.id}`))
    expect(cells()).toEqual(['a boat at night', 'Owl, favourite'])
  })
})

describe('the address', () => {
  it('says when its picture is gone, and forgets it', async () => {
    studio([FOX])
    const { router } = await renderPage(<LibraryPage />, { at: `/library?view=${OWL.id}` })
    expect(await screen.findByText('That picture is not in the library any more.')).toBeTruthy()
    expect(router.state.location.search).toEqual({})
  })
})
