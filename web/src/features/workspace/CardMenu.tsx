import { Button, Drawer, Stack } from '@mantine/core'
import {
  IconBookmarkPlus,
  IconCopy,
  IconDownload,
  IconPencil,
  IconPhotoUp,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react'
import type { AssetRef, JobOut } from '@/api'
import { copyText } from '@/ui/copyText'
import type { StagedActions } from './useStagedActions'

interface CardMenuProps {
  job: JobOut
  asset: AssetRef
  actions: StagedActions
  onEdit: (job: JobOut) => void
  onClose: () => void
}

/** What a mouse finds on a card, for a long press. */
export default function CardMenu({ job, asset, actions, onEdit, onClose }: CardMenuProps) {
  const item = (label: string, Icon: typeof IconCopy, run: () => void) => (
    <Button
      variant="subtle"
      color="gray"
      size="lg"
      fullWidth
      justify="flex-start"
      leftSection={<Icon size={20} stroke={1.7} />}
      onClick={() => {
        onClose()
        run()
      }}
    >
      {label}
    </Button>
  )
  return (
    <Drawer
      opened
      onClose={onClose}
      position="bottom"
      size="auto"
      title={job.original_prompt}
      closeButtonProps={{ size: 44, 'aria-label': 'Close' }}
      radius="8px 8px 0 0"
    >
      <Stack gap={2}>
        {item(asset.saved ? 'Kept' : 'Keep', IconBookmarkPlus, () => actions.keep(job, asset))}
        {item('Make again', IconRefresh, () => actions.again(job))}
        {item('Edit and make', IconPencil, () => onEdit(job))}
        {item('Use as reference', IconPhotoUp, () => actions.reference(asset))}
        {item('Copy the prompt', IconCopy, () => void copyText(job.original_prompt, 'Prompt copied'))}
        <Button
          variant="subtle"
          color="gray"
          size="lg"
          fullWidth
          justify="flex-start"
          leftSection={<IconDownload size={20} stroke={1.7} />}
          component="a"
          href={asset.url}
          download={`fabula-${asset.id}.png`}
        >
          Download
        </Button>
        {item('Discard', IconTrash, () => actions.discard(job, [asset]))}
      </Stack>
    </Drawer>
  )
}
