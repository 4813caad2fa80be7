import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const TEXT = /\.(js|css|html|svg|json|webmanifest|txt)$/
/** Below this, a packed file saves less than its header costs. */
const SMALLEST = 512

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

/** Writes `FILE.br` and `FILE.gz` beside every text file of the build, for the server to send as they are. */
export function precompress(): Plugin {
  let folder = ''
  let writes = true
  return {
    name: 'fabula-precompress',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
      writes = config.build.write
    },
    async closeBundle() {
      if (!writes) return
      const names = await readdir(folder, { recursive: true })
      await Promise.all(
        names.filter((name) => TEXT.test(name)).map((name) => pack(join(folder, name))),
      )
    },
  }
}

async function pack(file: string): Promise<void> {
  const data = await readFile(file)
  if (data.length < SMALLEST) return
  const quality = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
  }
  await Promise.all([
    writeFile(`${file}.br`, await brotli(data, { params: quality })),
    writeFile(`${file}.gz`, await zip(data, { level: 9 })),
  ])
}
