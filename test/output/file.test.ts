import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { OutputFile } from '../../src/output/file.ts'
import { Output } from '../../src/output/output.ts'
import { text, type View } from '../../src/output/view.ts'
import { temporaryFolder } from '../support/folder.ts'

const view: View = { columns: [text('name')], id: 'name' }
const rows = Array.from({ length: 1_000 }, (_, at) => ({ name: `${at} ${'x'.repeat(100)}` }))

async function into(cwd: string, signal = new AbortController().signal): Promise<Output> {
  const destination = await OutputFile.open({ path: 'out', cwd, force: false })
  return new Output({
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: {},
    format: 'ndjson',
    colour: 'never',
    quiet: true,
    raw: true,
    signal,
    destination,
  })
}

it('a file has its name only when it is whole', async () => {
  const cwd = temporaryFolder()
  const out = await into(cwd)
  await out.stream(view, async (write) => {
    for (let pages = 0; pages < 20; pages += 1) await write(rows)
    expect(readdirSync(cwd)).toEqual([expect.stringMatching(/^\.out\.[0-9a-f]{12}\.tmp$/)])
  })
  await out.finish(true)
  expect(readdirSync(cwd)).toEqual(['out'])
  expect(readFileSync(join(cwd, 'out'), 'utf8').split('\n')).toHaveLength(20_001)
})

it.each([
  ['the reader of the rows fails', () => Promise.reject(new Error('no more'))],
  [
    'nobody waits any more',
    (stop: AbortController) => {
      stop.abort('SIGINT')
      return Promise.resolve()
    },
  ],
])('nothing is left of it when %s', async (_what, happens) => {
  const cwd = temporaryFolder()
  const stop = new AbortController()
  const out = await into(cwd, stop.signal)
  const streaming = out.stream(view, async (write) => {
    await write(rows)
    await happens(stop)
    await write(rows)
  })
  await expect(streaming).rejects.toBeDefined()
  await out.finish(false)
  expect(readdirSync(cwd)).toEqual([])
})

it('a list that is followed by a failure is whole, and one that is preceded by it is none', async () => {
  for (const [isPrinted, files] of [
    [true, ['out']],
    [false, []],
  ] as const) {
    const cwd = temporaryFolder()
    const out = await into(cwd)
    if (isPrinted) out.list(view, rows)
    await out.finish(false)
    expect(readdirSync(cwd)).toEqual(files)
  }
})
