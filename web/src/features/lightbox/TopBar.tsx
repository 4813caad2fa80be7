import { ActionIcon, Tooltip } from '@mantine/core'
import {
  IconArrowLeft,
  IconColumns2,
  IconInfoCircle,
  IconMinus,
  IconPlus,
  IconX,
  type Icon,
} from '@tabler/icons-react'
import { keyHint, type KeyAction } from '@/keys/keymap'
import type { Pair } from './compare'
import type { ViewerItem } from './contract'
import classes from './Lightbox.module.css'
import type { ViewControl } from './useView'

const COMPARING: Record<Pair, [begin: string, going: string]> = {
  batch: ['Compare within the batch', 'Comparing two of the batch'],
  before: ['Compare with what it was before', 'Before and after'],
}

interface TopBarProps {
  items: readonly ViewerItem[]
  index: number
  item: ViewerItem
  other: ViewerItem | null
  /** What it would be compared with. */
  pair: Pair
  control: ViewControl
  details: boolean
  onDetails: () => void
  /** Null where there is nothing to compare with. */
  onCompare: (() => void) | null
  onClose: () => void
}

/** Where one is, how near one looks, and the way out. */
export function TopBar(props: TopBarProps) {
  const { items, index, item, other, control } = props
  const [begin, comparing] = COMPARING[props.pair]
  const words = other ? comparing : (item.title ?? item.prompt)
  return (
    <header className={classes.top}>
      <Tool
        className={classes.phoneOnly}
        icon={IconArrowLeft}
        label="Back"
        shortcut="close"
        run={props.onClose}
      />
      <span className={classes.count} aria-live="polite">
        {index + 1} of {items.length}
      </span>
      <span className={classes.words}>{words}</span>
      <div className={classes.zoom}>
        <Tool
          icon={IconMinus}
          label="Farther"
          shortcut="viewer.zoomOut"
          disabled={control.isFit}
          run={() => control.zoomBy(1 / 1.4)}
        />
        <Tooltip label={`Fit the window (${keyHint('viewer.fit')})`}>
          <button type="button" className={classes.percent} onClick={control.fit}>
            {Math.round(control.view.zoom * 100)} %
          </button>
        </Tooltip>
        <Tool
          icon={IconPlus}
          label="Closer"
          shortcut="viewer.zoomIn"
          run={() => control.zoomBy(1.4)}
        />
      </div>
      {props.onCompare ? (
        <Tool
          icon={IconColumns2}
          label={other ? 'End the comparison' : begin}
          shortcut="viewer.compare"
          pressed={other !== null}
          run={props.onCompare}
        />
      ) : null}
      <Tool
        icon={IconInfoCircle}
        label={props.details ? 'Hide the details' : 'Show the details'}
        shortcut="viewer.details"
        pressed={props.details}
        run={props.onDetails}
      />
      <Tool
        className={classes.deskOnly}
        icon={IconX}
        label="Close"
        shortcut="close"
        run={props.onClose}
      />
    </header>
  )
}

interface ToolProps {
  icon: Icon
  label: string
  shortcut: KeyAction
  run: () => void
  pressed?: boolean
  disabled?: boolean
  className?: string
}

function Tool({ icon: Picture, label, shortcut, run, pressed, disabled, className }: ToolProps) {
  return (
    <Tooltip label={`${label} (${keyHint(shortcut)})`}>
      <ActionIcon
        size={44}
        className={`${classes.tool} ${className ?? ''}`}
        aria-label={label}
        aria-pressed={pressed}
        disabled={disabled}
        onClick={run}
      >
        <Picture size={20} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  )
}
