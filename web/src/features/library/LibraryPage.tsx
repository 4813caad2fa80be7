import '@/ui/overlays.css'
import { Button } from '@mantine/core'
import { useLocalStorage, useMediaQuery, useMounted } from '@mantine/hooks'
import { IconBooks, IconHeart, IconMovie, IconPhoto, IconSearchOff } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type MouseEvent,
  type RefObject,
} from 'react'
import { sentenceOf, type LibraryAssetOut } from '@/api'
import type { KeyHandlers } from '@/keys/dispatch'
import { keyHint } from '@/keys/keymap'
import { useKeys } from '@/keys/useKeys'
import { countOf, isClip } from '@/ui/format'
import { focusedAssetId } from '@/ui/gridNavigation'
import { JustifiedGrid, type GridHandle } from '@/ui/JustifiedGrid'
import { EmptyState, ErrorState } from '@/ui/States'
import { assetsOf } from './cache'
import { useDeleting } from './deleting'
import { LibraryCard } from './LibraryCard'
import classes from './LibraryPage.module.css'
import { LibrarySkeleton } from './LibrarySkeleton'
import { LibraryViewer } from './LibraryViewer'
import { libraryList } from './queries'
import type { LibrarySearch, MediaType } from './search'
import { chosenOf, extend, NOTHING, selectAll, toggle, type Selection } from './selection'
import { SelectionBar } from './SelectionBar'
import { isTileSize, ROW_HEIGHTS, type TileSize } from './sizes'
import { Toolbar } from './Toolbar'
import { useLibraryActions, type LibraryActions } from './useLibraryActions'
import { nameOf } from './viewerItem'

/** The library: what was kept. */
export default function LibraryPage() {
  const { q = '', favourites = false, type = null, view } = useSearch({ from: '/studio/library' })
  const list = useInfiniteQuery(libraryList(q, favourites, type))
  const deleting = useDeleting()
  const assets = useMemo(
    () => assetsOf(list.data).filter((asset) => !deleting.has(asset.id)),
    [list.data, deleting],
  )
  const actions = useLibraryActions()
  const [selection, setSelection] = useState<Selection>(NOTHING)
  const chosen = chosenOf(selection, assets)
  const grid = useRef<GridHandle>(null)
  const field = useRef<HTMLInputElement>(null)
  const { search, open } = useAddress()
  const [size, setSize] = useTileSize()
  const phone = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false })
  const rowHeight = ROW_HEIGHTS[size][phone ? 'phone' : 'desk']
  const gap = phone ? 4 : 8

  const { hasNextPage, isFetchingNextPage, fetchNextPage, isFetchNextPageError } = list
  const nearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage])

  const order = assets.map((asset) => asset.id)
  const select = useCallback((id: string) => setSelection((old) => toggle(old, id)), [])
  const click = (asset: LibraryAssetOut, event: MouseEvent) => {
    if (event.shiftKey) setSelection((old) => extend(old, asset.id, order))
    else if (event.ctrlKey || event.metaKey || chosen.length > 0) select(asset.id)
    else open(asset.id)
  }
  useLibraryKeys({
    grid,
    field,
    assets,
    chosen,
    actions,
    open,
    select,
    onClear: () => setSelection(NOTHING),
  })
  useFocusOfViewed(grid, view)

  return (
    <main className={classes.page}>
      {chosen.length ? (
        <SelectionBar
          chosen={chosen}
          actions={actions}
          onAll={() => setSelection(selectAll(order))}
          onDone={() => setSelection(NOTHING)}
        />
      ) : (
        <Toolbar
          q={q}
          favourites={favourites}
          type={type}
          size={size}
          said={
            list.data && assets.length ? `${countOf(assets)}${hasNextPage ? ' so far' : ''}` : ''
          }
          field={field}
          onSearch={(next) => search({ q: next || undefined })}
          onFavourites={(on) => search({ favourites: on || undefined })}
          onType={(only) => search({ type: only ?? undefined })}
          onSize={setSize}
        />
      )}
      <div className={`${classes.body} ${list.isPlaceholderData ? classes.old : ''}`}>
        {list.isPending ? <LibrarySkeleton rowHeight={rowHeight} gap={gap} /> : null}
        {list.isError && !list.data ? (
          <ErrorState
            title="The library could not be read"
            reason={sentenceOf(list.error)}
            onRetry={() => void list.refetch()}
          />
        ) : null}
        {list.data && assets.length === 0 && !hasNextPage ? (
          <Nothing q={q} favourites={favourites} type={type} onSearch={search} />
        ) : null}
        {assets.length ? (
          <JustifiedGrid
            ref={grid}
            items={assets}
            label="Pictures of the library"
            rowHeight={rowHeight}
            gap={gap}
            covered={phone ? COVERED.phone : COVERED.desk}
            nameOf={(asset) => `${nameOf(asset)}${asset.is_favorite ? ', favourite' : ''}`}
            isSelected={(asset) => selection.ids.has(asset.id)}
            onClick={click}
            onNearEnd={nearEnd}
            draw={(asset, active) => (
              <LibraryCard
                asset={asset}
                active={active}
                selected={selection.ids.has(asset.id)}
                selecting={chosen.length > 0}
                actions={actions}
                onSelect={select}
              />
            )}
          />
        ) : null}
        {isFetchingNextPage ? <p className={classes.foot}>Reading more…</p> : null}
        {isFetchNextPageError ? (
          <div className={classes.foot} role="alert">
            {sentenceOf(list.error)}
            <Button variant="default" onClick={() => void fetchNextPage()}>
              Read more
            </Button>
          </div>
        ) : null}
      </div>
      {view ? (
        <LibraryViewer
          view={view}
          assets={assets}
          ready={!list.isPending}
          actions={actions}
          onNearEnd={nearEnd}
        />
      ) : null}
    </main>
  )
}

/** Pixels that the bars above and below hide. */
const COVERED = { desk: { top: 76, bottom: 16 }, phone: { top: 64, bottom: 76 } }

/** Filters replace the address, a picture is a new place in it. */
function useAddress() {
  const navigate = useNavigate()
  return {
    search: (change: LibrarySearch) =>
      void navigate({ to: '/library', search: (old) => ({ ...old, ...change }), replace: true }),
    open: (view: string) =>
      void navigate({
        to: '/library',
        search: (old) => ({ ...old, view }),
        state: { opened: true },
        resetScroll: false,
      }),
  }
}

function useTileSize(): [TileSize, (size: TileSize) => void] {
  const [kept, setKept] = useLocalStorage({
    key: 'fabula.library.size',
    defaultValue: 'medium',
    getInitialValueInEffect: false,
  })
  return [isTileSize(kept) ? kept : 'medium', setKept]
}

interface KeyParts {
  grid: RefObject<GridHandle | null>
  field: RefObject<HTMLInputElement | null>
  assets: readonly LibraryAssetOut[]
  chosen: readonly LibraryAssetOut[]
  actions: LibraryActions
  open: (id: string) => void
  select: (id: string) => void
  onClear: () => void
}

/** Letters act on what is chosen, or else on the picture that has the focus. */
function useLibraryKeys({
  grid,
  field,
  assets,
  chosen,
  actions,
  open,
  select,
  onClear,
}: KeyParts): void {
  const focused = () => assets.find((asset) => asset.id === focusedAssetId())
  const one = (run: (asset: LibraryAssetOut) => void) => () => {
    const asset = focused()
    if (asset) run(asset)
  }
  const some = (run: (assets: readonly LibraryAssetOut[]) => void) => () => {
    const asset = focused()
    if (chosen.length) run(chosen)
    else if (asset) run([asset])
  }
  // Effects of children run before those of the shell: the page's keys lie above the shell's only
  // when they are added once both are there.
  const enabled = useMounted()
  const keys: KeyHandlers = {
    left: () => grid.current?.move('left'),
    right: () => grid.current?.move('right'),
    up: () => grid.current?.move('up'),
    down: () => grid.current?.move('down'),
    open: one((asset) => open(asset.id)),
    select: one((asset) => select(asset.id)),
    favourite: some(actions.favourite),
    again: one(actions.again),
    reference: one((asset) => {
      if (!isClip(asset.mime_type)) actions.reference(asset)
    }),
    upscale: one((asset) => {
      if (!isClip(asset.mime_type)) actions.upscale(asset)
    }),
    move: one((asset) => {
      if (!isClip(asset.mime_type)) actions.move(asset)
    }),
    discard: some((going) => {
      if (going.length === 1) grid.current?.move('right')
      actions.remove(going)
      onClear()
    }),
    search: () => field.current?.focus(),
    ...(chosen.length ? { close: onClear } : {}),
  }
  useKeys(keys, { enabled })
}

/** The picture that was looked at last is in sight and has the focus when the viewer closes. */
function useFocusOfViewed(grid: RefObject<GridHandle | null>, view: string | undefined): void {
  const before = useRef(view)
  useEffect(() => {
    const last = before.current
    before.current = view
    if (!last || view) return
    const frame = requestAnimationFrame(() => grid.current?.focus(last))
    return () => cancelAnimationFrame(frame)
  }, [grid, view])
}

interface NothingProps {
  q: string
  favourites: boolean
  type: MediaType | null
  onSearch: (change: LibrarySearch) => void
}

/** Nothing to show: because nothing was kept, or because of what was searched. */
function Nothing({ q, favourites, type, onSearch }: NothingProps) {
  if (q) {
    return (
      <EmptyState
        icon={IconSearchOff}
        title="Nothing found"
        actions={
          <>
            {favourites ? (
              <Button variant="default" onClick={() => onSearch({ favourites: undefined })}>
                Search all pictures
              </Button>
            ) : null}
            <Button variant="default" onClick={() => onSearch({ q: undefined })}>
              Clear the search
            </Button>
          </>
        }
      >
        {favourites ? 'None of the favourites has' : 'No picture has'}{' '}
        <span className={classes.terms}>{q}</span> in its title, tags or prompt. Try a single word,
        or a part of one.
      </EmptyState>
    )
  }
  if (type) {
    const what = type === 'video' ? 'clips' : 'pictures'
    return (
      <EmptyState
        icon={type === 'video' ? IconMovie : IconPhoto}
        title={favourites ? `No favourites among the ${what}` : `No ${what} kept yet`}
        actions={
          <Button variant="default" onClick={() => onSearch({ type: undefined })}>
            Show everything
          </Button>
        }
      >
        {type === 'video'
          ? 'Choose Clip in the workspace, or press the film of a picture to move it, and keep what comes of it.'
          : `Press Keep on a picture in the workspace, or ${keyHint('keep')}, and it is found here.`}
      </EmptyState>
    )
  }
  if (favourites) {
    return (
      <EmptyState
        icon={IconHeart}
        title="No favourites yet"
        actions={
          <Button variant="default" onClick={() => onSearch({ favourites: undefined })}>
            Show all pictures
          </Button>
        }
      >
        Press the heart of a picture, or {keyHint('favourite')}, and it is found here.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={IconBooks}
      title="Nothing kept yet"
      actions={
        <Button component={Link} to="/workspace">
          To the workspace
        </Button>
      }
    >
      Pictures in the workspace go after some days. Press Keep on one, or {keyHint('keep')}, and it
      stays here for good, with everything that is needed to make it again.
    </EmptyState>
  )
}
