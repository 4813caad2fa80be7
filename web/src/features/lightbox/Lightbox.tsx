import '@/ui/overlays.css'
import { Modal } from '@mantine/core'
import { useElementSize, useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { panels } from '@/app/panels'
import { useCovered } from '@/features/rating/cover'
import { useKeys } from '@/keys/useKeys'
import { ActionBar } from './ActionBar'
import { ClipBar } from './ClipBar'
import { batchOf, partnerOf } from './compare'
import type { LightboxProps, ViewerItem } from './contract'
import { Details } from './Details'
import { downloadOf } from './facts'
import classes from './Lightbox.module.css'
import { Stage } from './Stage'
import { Strip } from './Strip'
import { TopBar } from './TopBar'
import { useClip } from './useClip'
import { useOrigin } from './useOrigin'
import { useView } from './useView'

/** The viewer: one picture over everything else, with all that is known about it. */
export default function Lightbox(props: LightboxProps) {
  const item = props.items[props.index]
  return (
    <Modal.Root
      opened
      fullScreen
      onClose={props.onClose}
      closeOnEscape={false}
      returnFocus={false}
      transitionProps={{ duration: 100, transition: 'fade' }}
    >
      <Modal.Content className={classes.content} radius={0} aria-label="Viewer">
        <Modal.Body className={classes.body}>
          {item ? <Viewer {...props} item={item} /> : null}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

/** Pictures before the end at which more are asked for. */
const NEAR = 6

function Viewer({
  items,
  index,
  item,
  onIndex,
  onClose,
  actions,
  onNearEnd,
}: LightboxProps & { item: ViewerItem }) {
  const phone = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false })
  const [wide, setWide] = useLocalStorage({
    key: 'fabula.viewer.details',
    defaultValue: true,
    getInitialValueInEffect: false,
  })
  const [sheet, setSheet] = useState(false)
  const details = phone ? sheet : wide
  const setDetails = phone ? setSheet : setWide
  const { ref, width, height } = useElementSize()
  const size = { width, height }
  const control = useView(item.id, size, item)
  const origin = useOrigin(item)
  const compare = useCompare(items, item, origin)
  const clip = useClip(item)
  const covered = useCovered(item)
  const step = (by: 1 | -1) => {
    if (items[index + by]) onIndex(index + by)
  }
  const nearEnd = index >= items.length - NEAR
  useEffect(() => {
    if (nearEnd) onNearEnd?.()
  }, [nearEnd, items.length, onNearEnd])
  useReturnOfFocus(item.id)

  const act = (run: ((item: ViewerItem) => void) | undefined) =>
    run ? { run: () => run(item) } : null
  const discard = act(actions.discard)
  useKeys(
    {
      'viewer.next': () => (compare.other ? compare.turn(1) : step(1)),
      'viewer.previous': () => (compare.other ? compare.turn(-1) : step(-1)),
      'viewer.zoomIn': () => control.zoomBy(1.4),
      'viewer.zoomOut': () => control.zoomBy(1 / 1.4),
      'viewer.fit': control.fit,
      'viewer.compare': compare.toggle,
      'viewer.details': () => setDetails(!details),
      'viewer.download': () => download(item),
      keep: () => actions.keep?.(item),
      discard: () => discard?.run(),
      again: () => actions.again?.(item),
      reference: () => {
        if (!clip.is) actions.reference?.(item)
      },
      part: () => {
        if (!clip.is) actions.part?.(item)
      },
      move: () => {
        if (!clip.is) actions.move?.(item)
      },
      upscale: () => {
        if (!clip.is) actions.upscale?.(item)
      },
      ...(clip.is
        ? {
            'viewer.play': clip.toggle,
            'viewer.frameBack': () => clip.step(-1),
            'viewer.frameOn': () => clip.step(1),
          }
        : {}),
      favourite: () => actions.favourite?.(item),
      help: () => panels.open('keys'),
      close: () => {
        if (compare.other) compare.toggle()
        else if (phone && sheet) setSheet(false)
        else onClose()
      },
    },
    { modal: true },
  )
  return (
    <div
      data-viewer
      className={`${classes.frame} ${details && !phone ? classes.withDetails : ''} ${phone && sheet ? classes.withSheet : ''}`}
    >
      <div className={classes.main}>
        <TopBar
          items={items}
          index={index}
          item={item}
          other={compare.other}
          control={control}
          details={details}
          onDetails={() => setDetails(!details)}
          pair={origin ? 'before' : 'batch'}
          onCompare={compare.possible ? compare.toggle : null}
          onClose={onClose}
        />
        <div className={classes.room} ref={ref}>
          <Stage
            item={item}
            before={items[index - 1] ?? null}
            after={items[index + 1] ?? null}
            other={compare.other}
            pair={origin ? 'before' : 'batch'}
            size={size}
            control={control}
            video={clip.attach}
            onStep={step}
            onClose={onClose}
          />
          {clip.is && !covered && !compare.other ? <ClipBar clip={clip} /> : null}
          {compare.other ? null : (
            <>
              <Strip.Arrow side="left" disabled={index === 0} onClick={() => step(-1)} />
              <Strip.Arrow
                side="right"
                disabled={index >= items.length - 1}
                onClick={() => step(1)}
              />
            </>
          )}
        </div>
        {compare.batch.length > 1 ? (
          <Strip
            batch={compare.batch}
            item={item}
            other={compare.other}
            onPick={(picked) => {
              if (compare.other) compare.pick(picked)
              else onIndex(items.indexOf(picked))
            }}
          />
        ) : null}
        {phone ? <ActionBar item={item} actions={actions} /> : null}
      </div>
      {details ? (
        <Details
          item={item}
          actions={actions}
          sheet={phone}
          onClose={() => setDetails(false)}
          bar={phone ? null : <ActionBar item={item} actions={actions} />}
        />
      ) : null}
    </div>
  )
}

/**
 * Two of a batch, or an upscaled picture and what it was before, on either side of a divider; ends
 * when another batch is looked at.
 */
function useCompare(items: readonly ViewerItem[], item: ViewerItem, origin: ViewerItem | null) {
  const [otherId, setOtherId] = useState<string | null>(null)
  const batch = batchOf(items, item)
  const pool = origin ? [item, origin] : batch
  const found = pool.find((each) => each.id === otherId) ?? null
  const other = found?.id === item.id ? partnerOf(pool, item) : found
  return {
    batch,
    other,
    possible: pool.length > 1,
    toggle: () => setOtherId(other ? null : (partnerOf(pool, item)?.id ?? null)),
    turn: (step: 1 | -1) => setOtherId(partnerOf(pool, item, other, step)?.id ?? null),
    pick: (picked: ViewerItem) => {
      if (picked.id !== item.id) setOtherId(picked.id)
    },
  }
}

/** The card of the picture that was looked at last gets the focus when the viewer closes. */
function useReturnOfFocus(id: string): void {
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        if (document.querySelector('[data-viewer]')) return
        document.querySelector<HTMLElement>(`[data-asset-id="${CSS.escape(id)}"]`)?.focus()
      })
    },
    [id],
  )
}

function download(item: ViewerItem): void {
  const link = Object.assign(document.createElement('a'), downloadOf(item))
  document.body.append(link)
  link.click()
  link.remove()
}
