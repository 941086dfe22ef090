import { Readable, Writable } from 'node:stream'
import { ProcessContext } from '../../src/context/process.ts'
import { presets } from '../../src/shop/import/presets/index.ts'
import { version } from '../../src/version.ts'
import { createProgram } from '../index.ts'
import { manPage } from './man.ts'
import { page, reference, type Pages } from './markdown.ts'
import { presetPage } from './presets.ts'
import { describe } from './describe.ts'

/** Resolves to all pages that are generated from the definitions of the commands, by their path in the repository. */
export async function manual(): Promise<Pages> {
  const screen = new Writable()
  const io = {
    env: {},
    cwd: '/',
    stdin: Readable.from([]),
    stdout: screen,
    stderr: screen,
    signal: new AbortController().signal,
    now: () => new Date(0),
  }
  const docs = describe(await createProgram(new ProcessContext(io)))
  const pages = Object.entries(reference(docs)).map(([name, text]) => [`docs/reference/${name}`, text])
  return {
    'docs/dbtool.1': manPage(docs, version()),
    'docs/reference/presets.md': page('Presets', presetPage(presets)),
    ...(Object.fromEntries(pages) as Pages),
  }
}
