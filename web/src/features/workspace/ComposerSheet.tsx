import '@/ui/overlays.css'
import { Drawer } from '@mantine/core'
import { useKeys } from '@/keys/useKeys'
import { escapeCloses } from '@/ui/escape'
import { Composer } from './Composer'

/** The whole composer on a phone, over the page. */
export default function ComposerSheet({ onClose }: { onClose: () => void }) {
  useKeys({ close: onClose }, { modal: true })
  return (
    <Drawer
      opened
      onClose={onClose}
      {...escapeCloses(onClose)}
      position="bottom"
      size="auto"
      title="Make"
      closeButtonProps={{ size: 44, 'aria-label': 'Close' }}
      radius="8px 8px 0 0"
    >
      <Composer
        compact
        onMade={() => {
          onClose()
          window.scrollTo({ top: 0 })
        }}
      />
    </Drawer>
  )
}
