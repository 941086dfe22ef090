import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { csvBatches, readHeader } from '../../src/files/csv.ts'
import { openRecordFile } from '../../src/files/record-file.ts'
import { NullTexts } from '../../src/files/null-texts.ts'
import { openSource } from '../../src/files/source.ts'
import { collect, faultOf, header, options, readAll, scratch, withFile } from './fixture.ts'

const file = scratch()
const good = `${header}\nA,ada,x,1\n`
const rules = { delimiter: ',', grammar: 'quotes' } as const
let spools: string

beforeEach(() => {
  spools = mkdtempSync(join(file('x', ''), '..', 'spool-'))
  vi.stubEnv('TMPDIR', spools)
})

afterEach(() => {
  expect(readdirSync(spools)).toEqual([])
  vi.unstubAllEnvs()
  rmSync(spools, { recursive: true })
})

test('standard input can be read twice, from a file of this user alone that has no name any more', async () => {
  await withFile(
    '-',
    { stdin: Readable.from([Buffer.from(good.slice(0, 9)), Buffer.from(good.slice(9))]) },
    async (opened) => {
      expect([opened.name, opened.bytes, opened.header]).toEqual(['standard input', good.length, header])
      expect(await collect(opened.records())).toEqual(await collect(opened.records()))
      expect(readdirSync(spools)).toEqual([])
    },
  )
  const source = await openSource('-', { stdin: Readable.from([Buffer.from(good)]) })
  const { mode, nlink } = await source.handle.stat()
  await source.handle.close()
  expect([(mode & 0o777).toString(8), nlink]).toEqual(['600', 0])
})

test.each([
  ['nothing', '', 'standard input: is empty'],
  ['a missing column', 'a,b\n', 'standard input: 4 faults'],
  ['an open quote', `${good}"`, 'standard input line 3: a quote is opened and never closed'],
])('standard input with %s', async (_, text, message) => {
  expect((await faultOf('-', { stdin: Readable.from([Buffer.from(text)]) })).message).toBe(message)
})

test('a named pipe is read like standard input', async () => {
  const path = join(file('x', ''), '..', 'pipe')
  execFileSync('mkfifo', [path])
  const reading = readAll(path)
  createWriteStream(path).end(good)
  expect(await reading).toHaveLength(1)
})

test('waiting for standard input can be given up', async () => {
  const stop = new AbortController()
  const opening = openRecordFile('-', options({ stdin: new PassThrough(), signal: stop.signal }))
  setTimeout(() => stop.abort(new Error('stopped')), 20)
  await expect(opening).rejects.toThrow('stopped')
})

test('a signal stops in the middle with its own reason', async () => {
  const stop = new AbortController()
  const seen: number[] = []
  const reading = withFile(file('in.csv', good + 'B,b,x,1\n'.repeat(100)), {}, async (opened) => {
    for await (const { line } of opened.records({ signal: stop.signal })) {
      if (seen.push(line) === 3) stop.abort(new Error('stopped'))
    }
  })
  await expect(reading).rejects.toThrow('stopped')
  expect(seen).toEqual([2, 3, 4])
})

test('a file that grows while it is read ends where it ended when it was checked', async () => {
  const path = file('in.csv', good)
  await withFile(path, {}, async (opened) => {
    await appendFile(path, 'B,"never closed\n')
    expect(await collect(opened.records())).toHaveLength(1)
  })
})

test('no block is read ahead of the records that were consumed', async () => {
  const source = await openSource(file('in.csv', `${header}\n${'A,ada,"x",1\n'.repeat(50_000)}`), {
    stdin: Readable.from([]),
  })
  const shape = {
    header: await readHeader(source, rules),
    grammar: rules.grammar,
    columns: [],
    read: String,
    nullTexts: new NullTexts(),
  }
  const read = vi.spyOn(source.handle, 'read')
  let blocks = 0
  let count = 0
  for await (const { records } of csvBatches(source, shape)) {
    expect(read).toHaveBeenCalledTimes(++blocks)
    expect(records.length).toBeLessThanOrEqual((64 * 1024) / 'A,ada,"x",1\n'.length + 1)
    count += records.length
  }
  await source.handle.close()
  expect(count).toBe(50_000)
})

test('progress is reported once the records of a block are consumed', async () => {
  const path = file('in.csv', `${header}\n${'A,ada,x,1\n'.repeat(50_000)}`)
  await withFile(path, {}, async (opened) => {
    let consumed = header.length + 1
    for await (const { raw } of opened.records({ onBytes: (read) => expect(read).toBe(consumed) }))
      consumed += raw.length + 1
    expect(consumed).toBe(opened.bytes)
  })
})
