import { Modal } from '@mantine/core'
import type { LightboxProps } from './contract'

export default function Lightbox({ items, index, onClose }: LightboxProps) {
  const item = items[index]
  return (
    <Modal opened onClose={onClose} fullScreen title={item?.prompt}>
      {item ? <img src={item.url} alt={item.prompt} style={{ maxWidth: '100%' }} /> : null}
    </Modal>
  )
}
