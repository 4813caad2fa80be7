import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Panel } from '@/features/account/Panel'
import parts from '@/features/account/parts.module.css'
import { me } from '@/features/account/queries'
import { DeletePart } from './DeletePart'

const EXPORT_URL = '/api/me/export'

/** Taking everything along, and leaving for good. */
export default function DataSection() {
  const { data: account } = useSuspenseQuery(me)
  return (
    <>
      <Panel
        title="Download everything"
        about="One ZIP with your pictures as they are, and all that the studio knows about you and them as JSON."
      >
        <Button
          component="a"
          href={EXPORT_URL}
          download
          variant="default"
          className={parts.submit}
          leftSection={<IconDownload size={18} stroke={1.7} aria-hidden />}
        >
          Download the ZIP
        </Button>
        <p className={parts.hint}>
          It is written while it is sent, so the browser cannot say how large it will be.
        </p>
      </Panel>
      <DeletePart account={account} />
    </>
  )
}
