import '@/ui/overlays.css'
import { Button, Modal } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useState } from 'react'
import type { LimitsOut } from '@/api'
import { useView } from '@/features/lightbox/useView'
import { composerSheet } from '@/features/workspace/composerSheet'
import { patchDraft, useDraft, type Draft, type DraftReference } from '@/features/workspace/draft'
import { STRENGTH_IN_PART } from '@/features/workspace/request'
import { useKeys } from '@/keys/useKeys'
import { ExtendStage } from './ExtendStage'
import { ExtendTools } from './ExtendTools'
import classes from './MaskEditor.module.css'
import {
  add,
  NO_MARKS,
  redo,
  resized,
  undo,
  usualBrush,
  widestBrush,
  type Mark,
  type Tool,
} from './marks'
import { PaintStage } from './PaintStage'
import { PaintTools } from './PaintTools'
import { grown, grows, NO_EXTENSION } from './sides'
import { useMaskCanvas } from './useMaskCanvas'
import { usePaintLimits } from './usePaintLimits'

export type Way = 'paint' | 'extend'

const WAYS: readonly { value: Way; label: string }[] = [
  { value: 'paint', label: 'Paint a part' },
  { value: 'extend', label: 'Extend' },
]

interface MaskEditorProps {
  way: Way
  onClose: () => void
}

/** Says which part of the draft's reference is drawn anew: by painting it, or around it. */
export default function MaskEditor({ way, onClose }: MaskEditorProps) {
  const draft = useDraft()
  const limits = usePaintLimits()
  return (
    <Modal.Root
      opened
      fullScreen
      onClose={onClose}
      closeOnEscape={false}
      transitionProps={{ duration: 100, transition: 'fade' }}
    >
      <Modal.Content className={classes.content} radius={0} aria-label="Draw a part anew">
        <Modal.Body className={classes.body}>
          {draft.reference && limits ? (
            <Editor
              draft={draft}
              reference={draft.reference}
              limits={limits}
              way={way}
              onClose={onClose}
            />
          ) : (
            <Unable onClose={onClose} />
          )}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

function Unable({ onClose }: { onClose: () => void }) {
  useKeys({ close: onClose }, { modal: true })
  return (
    <div className={classes.unable}>
      <p>The engine of this draft cannot draw a part of a picture anew: choose another one.</p>
      <Button onClick={onClose}>Close</Button>
    </div>
  )
}

interface EditorProps extends MaskEditorProps {
  draft: Draft
  reference: DraftReference
  limits: LimitsOut
}

function Editor({ draft, reference, limits, way: first, onClose }: EditorProps) {
  const { part } = draft
  const [way, setWay] = useState<Way>(first)
  const [tool, setTool] = useState<Tool>('brush')
  const [brush, setBrush] = useState(() => usualBrush(reference))
  const [marks, setMarks] = useState(NO_MARKS)
  const [sides, setSides] = useState(part?.extend ?? NO_EXTENSION)
  const { ref, width, height } = useElementSize<HTMLDivElement>()
  const stage = { width, height }
  const control = useView(reference.assetId, stage, reference)
  const { canvas, ...mask } = useMaskCanvas(reference, part?.mask ?? '', marks.done)
  const widest = widestBrush(reference)
  const mark = (done: Mark) => setMarks((before) => add(before, done))
  const resize = (by: 1 | -1) => setBrush((before) => resized(before, by, widest))
  const back = () => setMarks(undo)
  const forth = () => setMarks(redo)

  const done = () => {
    const painted = mask.png()
    const extend = grows(sides) ? sides : null
    const same = painted === part?.mask
    patchDraft({
      part: painted || extend ? { mask: painted, maskId: same ? part.maskId : null, extend } : null,
      ...(part === null && (painted || extend) ? { strength: STRENGTH_IN_PART } : {}),
    })
    onClose()
    composerSheet.open()
  }
  useKeys(
    {
      close: onClose,
      make: done,
      ...(way === 'paint'
        ? {
            'mask.smaller': () => resize(-1),
            'mask.larger': () => resize(1),
            'mask.brush': () => setTool('brush'),
            'mask.eraser': () => setTool(tool === 'eraser' ? 'brush' : 'eraser'),
            'mask.box': () => setTool('box'),
            'mask.hand': () => setTool('hand'),
            'mask.undo': (event: KeyboardEvent) => (event.shiftKey ? forth() : back()),
            'mask.redo': forth,
            'mask.invert': () => mark({ kind: 'invert' }),
            'viewer.zoomIn': () => control.zoomBy(1.4),
            'viewer.zoomOut': () => control.zoomBy(1 / 1.4),
            'viewer.fit': control.fit,
          }
        : {}),
    },
    { modal: true },
  )
  const result = grown(reference, sides)
  return (
    <div className={classes.editor}>
      <header className={classes.top}>
        <div className={classes.ways} role="group" aria-label="What is drawn anew">
          {WAYS.map(({ value, label }) => (
            <Button
              key={value}
              variant={value === way ? 'light' : 'subtle'}
              color={value === way ? undefined : 'gray'}
              aria-pressed={value === way}
              onClick={() => setWay(value)}
            >
              {label}
            </Button>
          ))}
        </div>
        <span className={classes.size} role="status">
          {grows(sides)
            ? `${reference.width} × ${reference.height} grows to ${result.width} × ${result.height}`
            : `${reference.width} × ${reference.height}`}
        </span>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button onClick={done}>Done</Button>
      </header>
      <PaintStage
        url={reference.url}
        smallUrl={reference.thumbnailUrl}
        picture={reference}
        canvas={canvas}
        canvasSize={mask.size}
        onFollow={mask.follow}
        tool={tool}
        brush={brush}
        control={control}
        size={stage}
        sized={ref}
        hidden={way !== 'paint'}
        onMark={mark}
        onGiveUp={() => setMarks((before) => ({ ...before, done: [...before.done] }))}
      />
      <ExtendStage
        url={reference.url}
        smallUrl={reference.thumbnailUrl}
        picture={reference}
        limits={limits}
        sides={sides}
        hidden={way !== 'extend'}
        onSides={setSides}
      />
      {way === 'paint' ? (
        <PaintTools
          tool={tool}
          brush={brush}
          widest={widest}
          marks={marks}
          painted={marks.done.length > 0 || Boolean(part?.mask)}
          control={control}
          onTool={setTool}
          onBrush={setBrush}
          onUndo={back}
          onRedo={forth}
          onMark={mark}
        />
      ) : (
        <ExtendTools picture={reference} limits={limits} sides={sides} onSides={setSides} />
      )}
    </div>
  )
}
