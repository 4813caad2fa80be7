const MARK = 'fabula.reloaded'
const PAUSE_MS = 60_000

/**
 * Reloads the page when a part of it is not on the server any more, because the studio was updated
 * while the page was open; once a minute at most, in case that does not help.
 */
export function reloadWhenOutdated(reload: () => void = () => location.reload()): void {
  window.addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(MARK) ?? 0)
    if (Date.now() - last < PAUSE_MS) return
    sessionStorage.setItem(MARK, String(Date.now()))
    event.preventDefault()
    reload()
  })
}
