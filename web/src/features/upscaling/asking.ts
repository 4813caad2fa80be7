import { useSyncExternalStore } from 'react'
import { panels } from '@/app/panels'

/** A staged or kept picture that is to get more pixels. */
export interface SmallPicture {
  id: string
  width: number
  height: number
  thumbnailUrl: string
}

let asked: SmallPicture | null = null
const listeners = new Set<() => void>()

/** Asks how much larger a picture is to be, in a sheet over the page. */
export function askToUpscale(picture: SmallPicture): void {
  asked = picture
  listeners.forEach((listen) => listen())
  panels.open('upscale')
}

/** The picture that was asked about last. */
export function useAsked(): SmallPicture | null {
  return useSyncExternalStore(
    (listen) => {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    () => asked,
  )
}
