import type { KeyboardEvent } from 'react'

/**
 * Props of a dialog that may lie over another one: Escape closes this one alone. Mantine's own way
 * would leave the key to the one beneath, which by then is the topmost.
 */
export const escapeCloses = (onClose: () => void) => ({
  closeOnEscape: false,
  onKeyDown: (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    event.preventDefault()
    onClose()
  },
})
