import './ui/base.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/App'
import { reloadWhenOutdated } from './app/outdated'

reloadWhenOutdated()

const root = document.getElementById('root')
if (root) createRoot(root).render(<App />)
