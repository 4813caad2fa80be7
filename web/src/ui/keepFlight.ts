/** The short flight of a kept picture to the Library icon. */

const MILLISECONDS = 190

/** Flies a copy of a picture from a card to the element marked `data-flight="library"`. */
export function flyToLibrary(card: Element | null): void {
  const target = document.querySelector('[data-flight="library"]')
  const picture = card?.querySelector('img')
  if (!target || !picture || matchMedia('(prefers-reduced-motion: reduce)').matches) return
  const [from, to] = [picture.getBoundingClientRect(), target.getBoundingClientRect()]
  const copy = picture.cloneNode() as HTMLImageElement
  copy.alt = ''
  copy.className = ''
  copy.style.cssText = `position:fixed;z-index:500;pointer-events:none;border-radius:8px;object-fit:cover;
    left:${from.left}px;top:${from.top}px;width:${from.width}px;height:${from.height}px`
  document.body.append(copy)
  const x = to.left + to.width / 2 - (from.left + from.width / 2)
  const y = to.top + to.height / 2 - (from.top + from.height / 2)
  const flight = copy.animate(
    [
      { transform: 'none', opacity: 1 },
      { transform: `translate(${x}px, ${y}px) scale(${24 / from.width})`, opacity: 0.3 },
    ],
    { duration: MILLISECONDS, easing: 'cubic-bezier(.5, 0, .8, .6)' },
  )
  flight.onfinish = () => copy.remove()
  flight.oncancel = () => copy.remove()
}
