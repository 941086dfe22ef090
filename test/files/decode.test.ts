import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { parseEncoding } from '../../src/files/decode.ts'
import { failure, faultOf, header, readAll, scratch, withFile } from './fixture.ts'

const file = scratch()
const good = `${header}\nA,Zoë,10 €,1\n`
const windows1252 = Buffer.concat([
  Buffer.from(`${header}\nA,Zo`),
  Buffer.from([0xeb, ...Buffer.from(',10 '), 0x80]),
  Buffer.from(',1\n'),
])
const utf16 = (text: string, bigEndian = false): Buffer => {
  const bytes = Buffer.from(text, 'utf16le')
  return bigEndian ? bytes.swap16() : bytes
}

test.each([
  ['UTF-8', Buffer.from(good), undefined],
  ['UTF-8 with a mark, whatever the flag says', Buffer.from(`\uFEFF${good}`), 'windows-1252'],
  ['windows-1252', windows1252, 'windows-1252'],
  ['UTF-16 with a mark', utf16(`\uFEFF${good}`), undefined],
  ['UTF-16, big-endian, with a mark', utf16(`\uFEFF${good}`, true), undefined],
  ['UTF-16 without a mark', utf16(good), 'utf-16le'],
  ['gzip', gzipSync(good), undefined],
  ['gzip of windows-1252', gzipSync(windows1252), 'windows-1252'],
  ['gzip of UTF-16', gzipSync(utf16(`\uFEFF${good}`)), undefined],
  ['gzip in gzip', gzipSync(gzipSync(good)), undefined],
])('%s is the same text, also from standard input, and leaves no file', async (_, bytes, encoding) => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('dbtool-') && !name.startsWith('dbtool-test'))
  const path = file('in.csv', bytes)
  for (const [from, stdin] of [
    [path, []],
    ['-', [bytes.subarray(0, 3), bytes.subarray(3)]],
  ] as const) {
    const [record] = await readAll(from, { encoding, stdin: Readable.from(stdin) })
    expect(record).toMatchObject({ line: 2, values: { user: 'Zoë', sku: '10 €' }, fault: undefined })
  }
  await withFile(path, { encoding }, async (opened) => expect(await opened.isAt(path)).toBe(true))
  const after = readdirSync(tmpdir()).filter((name) => name.startsWith('dbtool-') && !name.startsWith('dbtool-test'))
  expect(after).toEqual(before)
})

test('letters survive every border between two blocks', async () => {
  const cell = 'é漢🍰'.repeat(30_000)
  const [record] = await readAll(file('in.csv', utf16(`\uFEFF${header}\nA,${cell},x,1\n`)))
  expect(record?.values.user === cell).toBe(true)
})

test.each([
  [
    'bytes that the encoding lacks',
    Buffer.from(`${good}B,\x81,x,1\n`, 'latin1'),
    'windows-1252',
    ' line 3: is not valid windows-1252',
  ],
  ['half a surrogate pair', utf16(`\uFEFF${good}B,\ud83c,x,1\n`), undefined, ' line 3: is not valid utf-16le'],
  [
    'gzip with another end',
    Buffer.concat([gzipSync(good).subarray(0, -6), Buffer.alloc(6)]),
    undefined,
    ': is damaged gzip: ',
  ],
])('%s: the file is refused', async (_, bytes, encoding, sentence) => {
  const path = file('in.csv', bytes)
  const error = await faultOf(path, { encoding })
  expect([error.code, error.message.startsWith(path + sentence)]).toEqual(['BAD_INPUT', true])
})

test('a name that is no encoding is refused, with the one that was meant', async () => {
  expect((await failure(parseEncoding('windows1253x'))).code).toBe('USAGE')
  expect((await failure(parseEncoding('windws-1252'))).message).toBe(
    '--encoding: "windws-1252" is no encoding; did you mean windows-1252?',
  )
  expect(await parseEncoding('latin1')).toBe('latin1')
})
