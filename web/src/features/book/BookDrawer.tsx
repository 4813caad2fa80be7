import '@/ui/forms.css'
import '@/ui/overlays.css'
import { Drawer } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'
import { useKeys } from '@/keys/useKeys'
import { escapeCloses } from '@/ui/escape'
import { Choice } from '@/ui/Fields'
import classes from './book.module.css'
import { HistoryPart } from './HistoryPart'
import { ListsPart } from './ListsPart'
import { SnippetsPart } from './SnippetsPart'

const PARTS = [
  { value: 'history', label: 'History' },
  { value: 'snippets', label: 'Snippets' },
  { value: 'lists', label: 'Lists' },
] as const
type Part = (typeof PARTS)[number]['value']

/** The prompt book: what a person wrote before, and what they keep to write with. */
export default function BookDrawer({ onClose }: { onClose: () => void }) {
  useKeys({ close: onClose, book: onClose }, { modal: true })
  const phone = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false })
  const [part, setPart] = useState<Part>('history')
  return (
    <Drawer
      opened
      onClose={onClose}
      {...escapeCloses(onClose)}
      title="Prompt book"
      position={phone ? 'bottom' : 'right'}
      size={phone ? '85dvh' : 480}
      closeButtonProps={{ size: 44, 'aria-label': 'Close' }}
    >
      <div className={classes.book}>
        <Choice<Part> label="Show" value={part} options={PARTS} onChange={setPart} />
        {part === 'history' ? <HistoryPart /> : null}
        {part === 'snippets' ? <SnippetsPart /> : null}
        {part === 'lists' ? <ListsPart /> : null}
      </div>
    </Drawer>
  )
}
