import { ActionIcon, Tooltip } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBrush,
  IconContrast,
  IconEraser,
  IconHandStop,
  IconMinus,
  IconPlus,
  IconRectangle,
  IconTrash,
  type Icon,
} from '@tabler/icons-react'
import type { ViewControl } from '@/features/lightbox/useView'
import { keyHint, type KeyAction } from '@/keys/keymap'
import { RangeField } from '@/ui/Fields'
import { SMALLEST_BRUSH, type Mark, type Marks, type Tool } from './marks'
import classes from './MaskEditor.module.css'

interface PaintToolsProps {
  tool: Tool
  brush: number
  widest: number
  marks: Marks
  painted: boolean
  control: ViewControl
  onTool: (tool: Tool) => void
  onBrush: (brush: number) => void
  onUndo: () => void
  onRedo: () => void
  onMark: (mark: Mark) => void
}

const TOOLS: readonly { tool: Tool; icon: Icon; label: string; shortcut: KeyAction }[] = [
  { tool: 'brush', icon: IconBrush, label: 'Brush', shortcut: 'mask.brush' },
  { tool: 'eraser', icon: IconEraser, label: 'Eraser', shortcut: 'mask.eraser' },
  { tool: 'box', icon: IconRectangle, label: 'Rectangle', shortcut: 'mask.box' },
  { tool: 'hand', icon: IconHandStop, label: 'Move the picture', shortcut: 'mask.hand' },
]

/** What one paints with. */
export function PaintTools(props: PaintToolsProps) {
  const { tool, brush, marks, control } = props
  return (
    <footer className={classes.tools}>
      <div className={classes.group} role="group" aria-label="Tools">
        {TOOLS.map((each) => (
          <Act
            key={each.tool}
            {...each}
            pressed={tool === each.tool}
            run={() => props.onTool(each.tool)}
          />
        ))}
      </div>
      <div className={classes.brush}>
        <RangeField
          label="Brush"
          value={brush}
          standard={brush}
          minimum={SMALLEST_BRUSH}
          maximum={props.widest}
          step={1}
          show={(value) => `${value} px`}
          onChange={(value) => props.onBrush(value ?? brush)}
        />
      </div>
      <div className={classes.group} role="group" aria-label="Changes">
        <Act
          icon={IconArrowBackUp}
          label="Undo"
          shortcut="mask.undo"
          disabled={marks.done.length === 0}
          run={props.onUndo}
        />
        <Act
          icon={IconArrowForwardUp}
          label="Redo"
          shortcut="mask.redo"
          disabled={marks.undone.length === 0}
          run={props.onRedo}
        />
        <Act
          icon={IconContrast}
          label="Invert"
          shortcut="mask.invert"
          run={() => props.onMark({ kind: 'invert' })}
        />
        <Act
          icon={IconTrash}
          label="Clear"
          disabled={!props.painted}
          run={() => props.onMark({ kind: 'clear' })}
        />
      </div>
      <div className={`${classes.group} ${classes.view}`} role="group" aria-label="View">
        <Act
          icon={IconMinus}
          label="Farther"
          shortcut="viewer.zoomOut"
          disabled={control.isFit}
          run={() => control.zoomBy(1 / 1.4)}
        />
        <button
          type="button"
          className={classes.percent}
          title="Fit the window"
          onClick={control.fit}
        >
          {Math.round(control.view.zoom * 100)} %
        </button>
        <Act
          icon={IconPlus}
          label="Closer"
          shortcut="viewer.zoomIn"
          run={() => control.zoomBy(1.4)}
        />
      </div>
    </footer>
  )
}

interface ActProps {
  icon: Icon
  label: string
  shortcut?: KeyAction
  pressed?: boolean
  disabled?: boolean
  run: () => void
}

function Act({ icon: Picture, label, shortcut, pressed, disabled, run }: ActProps) {
  return (
    <Tooltip label={shortcut ? `${label} (${keyHint(shortcut)})` : label}>
      <ActionIcon
        size={44}
        className={classes.act}
        aria-label={label}
        aria-pressed={pressed}
        disabled={disabled}
        onClick={run}
      >
        <Picture size={20} stroke={1.7} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
