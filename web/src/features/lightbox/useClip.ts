import { useReducedMotion } from '@mantine/hooks'
import { useCallback, useEffect, useState, type RefCallback } from 'react'
import { isClip } from '@/ui/format'
import type { ViewerItem } from './contract'

export interface ClipControl {
  /** Whether what is looked at is a clip at all. */
  is: boolean
  /** Takes the element that plays. */
  attach: RefCallback<HTMLVideoElement>
  playing: boolean
  /** Seconds. */
  time: number
  duration: number
  toggle: () => void
  seek: (time: number) => void
  /** Goes on or back by whole frames, and stays there. */
  step: (frames: number) => void
}

/** Frames a second where nothing is known. */
const USUAL_FPS = 24

/** Plays the clip that is looked at; where less motion is wanted, not by itself. */
export function useClip(item: ViewerItem): ClipControl {
  const [video, setVideo] = useState<HTMLVideoElement | null>(null)
  const [state, setState] = useState({ playing: false, time: 0, duration: 0 })
  const still = useReducedMotion()
  useEffect(() => {
    if (!video) return
    const read = () =>
      setState({
        playing: !video.paused,
        time: video.currentTime,
        duration: Number.isFinite(video.duration) ? video.duration : 0,
      })
    read()
    let frame = requestAnimationFrame(function follow() {
      if (!video.paused) read()
      frame = requestAnimationFrame(follow)
    })
    const news = ['play', 'pause', 'seeked', 'loadedmetadata'] as const
    news.forEach((name) => video.addEventListener(name, read))
    if (!still) void play(video)
    return () => {
      cancelAnimationFrame(frame)
      news.forEach((name) => video.removeEventListener(name, read))
    }
  }, [video, still])

  const seek = useCallback(
    (time: number) => {
      if (video) video.currentTime = Math.min(Math.max(time, 0), video.duration || 0)
    },
    [video],
  )
  return {
    is: isClip(item.mimeType),
    attach: setVideo,
    ...state,
    toggle: () => {
      if (!video) return
      if (video.paused) void play(video)
      else video.pause()
    },
    seek,
    step: (frames) => {
      if (!video) return
      video.pause()
      // The middle of a frame, so that rounding never shows the one beside it.
      const fps = item.fps ?? USUAL_FPS
      seek((Math.floor(video.currentTime * fps + 1e-3) + frames + 0.5) / fps)
    },
  }
}

/** Browsers may refuse to play before somebody has touched the page; then it waits for the button. */
const play = (video: HTMLVideoElement): Promise<void> => video.play().catch(() => undefined)
