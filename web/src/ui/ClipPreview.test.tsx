import { expect, test } from 'vitest'
import { render, screen } from '@testing-library/react'
import { ClipPreview } from './ClipPreview'

const SRC = '/api/files/workspace-temp/0.preview.mp4'

test('a tile shows how long its clip is, and nothing is fetched before somebody points at it', () => {
  const { container, rerender } = render(<ClipPreview src={SRC} duration={5.04} active={false} />)
  expect(screen.getByText('0:05')).toBeVisible()
  expect(container.querySelector('video')).toBeNull()
  rerender(<ClipPreview src={SRC} duration={5.04} active />)
  expect(container.querySelector('video')).toHaveAttribute('src', SRC)
  rerender(<ClipPreview src={SRC} duration={5.04} active={false} />)
  expect(container.querySelector('video')).toBeNull()
})

test('without a preview the poster stays', () => {
  const { container } = render(<ClipPreview src={null} duration={null} active />)
  expect(container.querySelector('video')).toBeNull()
  expect(screen.getByText('Clip')).toBeInTheDocument()
})
