import { Button } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { copyText } from '@/ui/copyText'
import panel from './panel.module.css'

/** An address to sign in at, which is shown this once. */
export function OneTimeLink({ address, name }: { address: string; name: string }) {
  return (
    <div className={panel.fresh} role="status">
      <p>
        Send this to <strong>{name}</strong>. It works once, within a day; the studio cannot show it
        again.
      </p>
      <div className={panel.line}>
        <code className={panel.secret}>{address}</code>
        <Button
          leftSection={<IconCopy size={18} stroke={1.7} aria-hidden />}
          onClick={() => void copyText(address, 'Link copied')}
        >
          Copy
        </Button>
      </div>
    </div>
  )
}
