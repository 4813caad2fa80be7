import { fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '../../../tests/render'
import { ActionBar } from './ActionBar'
import { ClipBar } from './ClipBar'
import { viewerItem } from './fixtures'
import { useClip } from './useClip'

const CLIP = viewerItem({ id: 'c1', mimeType: 'video/mp4', fps: 8 })

function Player() {
  const { attach, ...control } = useClip(CLIP)
  return (
    <>
      <video ref={attach} data-testid="video" />
      <ClipBar clip={control} />
    </>
  )
}

let paused = true
beforeEach(() => {
  paused = true
  const media = HTMLMediaElement.prototype
  vi.spyOn(media, 'play').mockImplementation(function (this: HTMLMediaElement) {
    paused = false
    this.dispatchEvent(new Event('play'))
    return Promise.resolve()
  })
  vi.spyOn(media, 'pause').mockImplementation(function (this: HTMLMediaElement) {
    paused = true
    this.dispatchEvent(new Event('pause'))
  })
  vi.spyOn(media, 'paused', 'get').mockImplementation(() => paused)
  vi.spyOn(media, 'duration', 'get').mockReturnValue(2)
})
afterEach(() => vi.restoreAllMocks())

describe('a clip in the viewer', () => {
  it('plays at once, pauses, and goes on and back by whole frames', async () => {
    await renderPage(<Player />)
    fireEvent.click(await screen.findByRole('button', { name: 'Pause' }))
    expect(await screen.findByRole('button', { name: 'Play' })).toBeVisible()
    const video = screen.getByTestId<HTMLVideoElement>('video')
    fireEvent.click(screen.getByRole('button', { name: 'One frame on' }))
    expect(video.currentTime).toBeCloseTo(1.5 / 8)
    fireEvent.click(screen.getByRole('button', { name: 'One frame back' }))
    expect(video.currentTime).toBeCloseTo(0.5 / 8)
    fireEvent.click(screen.getByRole('button', { name: 'One frame back' }))
    expect(video.currentTime).toBe(0)
    fireEvent.change(screen.getByRole('slider'), { target: { value: '1.25' } })
    expect(video.currentTime).toBe(1.25)
  })

  it('is no source for another picture', async () => {
    const actions = { reference: vi.fn(), move: vi.fn() }
    await renderPage(<ActionBar item={CLIP} actions={actions} />)
    expect(screen.queryByRole('button', { name: 'Use as reference' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Move this picture' })).toBeNull()
  })
})
