import '@/ui/overlays.css'
import { Button, Drawer } from '@mantine/core'
import {
  IconArrowsDiagonal,
  IconBookmarkPlus,
  IconBookmarks,
  IconCopy,
  IconDownload,
  IconMovie,
  IconPencil,
  IconPhotoUp,
  IconRefresh,
  IconTrash,
  type Icon,
} from '@tabler/icons-react'
import type { AssetRef, JobOut } from '@/api'
import { useKeys } from '@/keys/useKeys'
import { copyText } from '@/ui/copyText'
import { fileName, isClip } from '@/ui/format'
import classes from './CardMenu.module.css'
import type { StagedActions } from './useStagedActions'

interface CardMenuProps {
  job: JobOut
  /** The picture that was pressed, or null for the whole job. */
  asset: AssetRef | null
  actions: StagedActions
  onEdit: (job: JobOut) => void
  onClose: () => void
}

interface Item {
  label: string
  icon: Icon
  run: () => void
}

/** What a mouse finds on a card or beside a job, for a finger. */
export default function CardMenu({ job, asset, actions, onEdit, onClose }: CardMenuProps) {
  useKeys({ close: onClose }, { modal: true })
  const both: Item[] = [
    { label: 'Make again', icon: IconRefresh, run: () => actions.again(job) },
    { label: 'Edit and make', icon: IconPencil, run: () => onEdit(job) },
    {
      label: 'Copy the prompt',
      icon: IconCopy,
      run: () => void copyText(job.original_prompt, 'Prompt copied'),
    },
  ]
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
      <div className={classes.list}>
        {(asset ? [...ofPicture(job, asset, actions), ...both] : both).map((item) => (
          <MenuButton key={item.label} item={item} onClose={onClose} />
        ))}
        {asset ? <DownloadLink asset={asset} /> : null}
        {(asset ? [discardOne(job, asset, actions)] : ofAll(job, actions)).map((item) => (
          <MenuButton key={item.label} item={item} onClose={onClose} />
        ))}
      </div>
    </Drawer>
  )
}

function ofPicture(job: JobOut, asset: AssetRef, actions: StagedActions): Item[] {
  return [
    {
      label: asset.saved ? 'Kept' : 'Keep',
      icon: IconBookmarkPlus,
      run: () => actions.keep(job, asset),
    },
    ...(isClip(asset.mime_type)
      ? []
      : [
          { label: 'Use as reference', icon: IconPhotoUp, run: () => actions.reference(asset) },
          { label: 'Move this picture', icon: IconMovie, run: () => actions.move(job, asset) },
          { label: 'Upscale', icon: IconArrowsDiagonal, run: () => actions.upscale(asset) },
        ]),
  ]
}

const discardOne = (job: JobOut, asset: AssetRef, actions: StagedActions): Item => ({
  label: 'Discard',
  icon: IconTrash,
  run: () => actions.discard(job, [asset]),
})

function ofAll(job: JobOut, actions: StagedActions): Item[] {
  if (job.assets.length === 0) return []
  return [
    { label: 'Keep all', icon: IconBookmarks, run: () => actions.keepAll(job) },
    { label: 'Discard all', icon: IconTrash, run: () => actions.discard(job, job.assets) },
  ]
}

function MenuButton({ item, onClose }: { item: Item; onClose: () => void }) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="lg"
      fullWidth
      justify="flex-start"
      className={classes.item}
      leftSection={<item.icon size={20} stroke={1.7} />}
      onClick={() => {
        onClose()
        item.run()
      }}
    >
      {item.label}
    </Button>
  )
}

function DownloadLink({ asset }: { asset: AssetRef }) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="lg"
      fullWidth
      justify="flex-start"
      className={classes.item}
      leftSection={<IconDownload size={20} stroke={1.7} />}
      component="a"
      href={asset.url}
      download={fileName(asset.id, asset.mime_type)}
    >
      Download
    </Button>
  )
}
