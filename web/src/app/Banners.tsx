import { IconAlertTriangle, IconCloudOff, IconEye } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { sdk } from '@/api'
import { keys } from '@/api/keys'
import { useLinkState } from './linkState'
import { useSignOut } from './useSignOut'
import classes from './Shell.module.css'

/** Milliseconds between two looks at the prompt cache. */
const EVERY_MS = 60_000

/** Said to guests all the time: what they see here is to look at. */
export function GuestBanner() {
  const signOut = useSignOut()
  return (
    <div className={classes.banner} role="note">
      <IconEye size={16} aria-hidden />
      You look around as a guest: nothing can be made or kept.
      <button type="button" className={classes.bannerAction} onClick={() => void signOut()}>
        Sign in
      </button>
    </div>
  )
}

/** Said when live events stop: what is on the page may be old, and will be read anew. */
export function OfflineBanner() {
  const state = useLinkState()
  if (state !== 'lost') return null
  return (
    <div className={classes.banner} role="status">
      <IconCloudOff size={16} aria-hidden />
      The studio does not answer. What is here stays; the page comes back by itself.
    </div>
  )
}

/** Said to admins while jobs cannot use the prompt cache. */
export function CacheAlarm() {
  const { data } = useQuery({
    queryKey: keys.promptCacheAlarm,
    queryFn: () => sdk.getPromptCacheAlarm(),
    refetchInterval: EVERY_MS,
    // The banner has nothing to say about itself.
    retry: false,
  })
  if (!data?.alarm) return null
  return (
    <div className={classes.banner} role="alert">
      <IconAlertTriangle size={16} aria-hidden />
      {data.alarm.message}
      <Link to="/admin" hash="prompt-cache" className={classes.bannerAction}>
        Look at it
      </Link>
    </div>
  )
}
