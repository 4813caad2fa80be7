import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from './plugins/precompress.ts'

/** Where `npm run dev` finds a studio. */
const STUDIO = process.env.FABULA_STUDIO ?? 'http://127.0.0.1:8787'

export default defineConfig({
  plugins: [react(), precompress()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: '../src/fabula/web/static',
    emptyOutDir: true,
    assetsDir: 'assets',
    target: 'es2022',
    modulePreload: { polyfill: false },
    // A data: address would need its own rule in the page's content security policy.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': { target: STUDIO, changeOrigin: false } } },
})
