import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The parts of a page that a browser runs or applies, as text. */
export interface BrowserFiles {
  /** uPlot with its licence, which demands to be in each copy. */
  readonly library: string
  readonly libraryStyle: string
  /** The script of our pages. */
  readonly script: string
}

export function browserFiles(): BrowserFiles {
  const main = createRequire(import.meta.url).resolve('uplot')
  const read = (...path: string[]): string => readFileSync(join(dirname(main), ...path), 'utf8').trim()
  return {
    library: `/*\n${read('..', 'LICENSE')}\n*/\n${read('uPlot.iife.min.js')}`,
    libraryStyle: read('uPlot.min.css'),
    script: readFileSync(new URL('./browser/page.js', import.meta.url), 'utf8'),
  }
}

/** The source of a Content-Security-Policy that allows exactly this inline script or style. */
export const sourceOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
