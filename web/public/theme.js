// Sets the theme before the first paint; a file of its own because the page allows no inline script.
;(() => {
  const root = document.documentElement
  let wanted = 'dark'
  try {
    wanted = localStorage.getItem('fabula.theme') || wanted
  } catch {
    // A browser that stores nothing gets the standard.
  }
  const light =
    wanted === 'light' || (wanted === 'auto' && matchMedia('(prefers-color-scheme: light)').matches)
  root.setAttribute('data-mantine-color-scheme', light ? 'light' : 'dark')
  root.style.background = light ? '#f3f5f8' : '#0e1217'
})()
