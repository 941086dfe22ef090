import { chmodSync, mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { failure, faultOf, header, readAll, scratch, withFile } from './fixture.ts'
import { checkRecordFile } from '../../src/files/record-file.ts'

const file = scratch()
const good = `${header}\nA,ada,x,1\n`
const megabyte = 1024 * 1024
const utf8 = (text: string): Buffer => Buffer.from(text)
const bytes = (...parts: (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : utf8(part))))

const single = ' line 1: the header is a single column; the separator seems to be '
const unclosed = 'a quote is opened and never closed'
const late = 'A,ada,x,1\n'.repeat(30_000)

/** What is in the file → the sentence after its path, and what the hint must tell. */
const faults: [what: string, content: string | Buffer, sentence: string, hint: RegExp][] = [
  ['nothing', '', ': is empty', /header/],
  ['blank lines only', '\uFEFF \r\n\n', ': is empty', /header/],
  ['half of gzip', bytes(0x1f, 0x8b, 8, 0), ': is damaged gzip: unexpected end of file', /again/],
  ['a spreadsheet', bytes('PK', 3, 4, 0), ': is a zip archive or a spreadsheet', /Export/],
  ['an older spreadsheet', bytes(0xd0, 0xcf, 0x11, 0xe0, 0), ': is a zip archive or a spreadsheet', /Export/],
  ['a page', '\n<!DOCTYPE html>\n<html><body>Log in</body></html>\n', ': is a page of HTML, or XML', /login/],
  ['a table', '<table><tr><th>sku</th></tr></table>\n', ': is a page of HTML, or XML', /CSV/],
  ['XML', '\uFEFF<?xml version="1.0"?>\n<Workbook/>\n', ': is a page of HTML, or XML', /CSV/],
  ['Latin-1', bytes(`${good}B,Zo`, 0xeb, ',x,1\n'), ' line 3: is not valid UTF-8', /--encoding windows-1252/],
  ['Latin-1 in the header', bytes(header, ',Pre', 0xe7, 'o\n'), ' line 1: is not valid UTF-8', /--encoding/],
  ['half a letter at the end', bytes(good, 'B,Zo', 0xc3), ' line 3: is not valid UTF-8', /--encoding/],
  [
    'Latin-1 far behind',
    bytes(header, '\n', late, 'B,Zo', 0xeb, ',x,1\n'),
    ' line 30002: is not valid UTF-8',
    /--encoding/,
  ],
  ['a NUL byte', bytes(good, 'B,b', 0, ',x,1\n'), ' line 3: contains a NUL byte', /--encoding utf-16le/],
  ['CR alone as line end', good.replaceAll('\n', '\r'), ' line 1: lines end in CR alone', /tr '\\r' '\\n'/],
  ['a list of numbers', '[{"order_ref":"A"},\n1]', ' line 2: the list holds a value that is no object', /objects/],
  ['a list that is cut', '[{"order_ref":"A"},{"order', ' line 1: the list never ends', /cut/],
  ['two lists', '[{"order_ref":"A"}]\n[]', ' line 2: text after the end of the list', /one list/],
  [
    'an object over several lines',
    '{\n  "order_ref": "A"\n}\n',
    ': is JSON, but neither a list of objects nor one object per line',
    /jq -c \./,
  ],

  ['tabs', good.replaceAll(',', '\t'), `${single}'\\t'`, /--delimiter '\\t'/],
  [
    'semicolons and quotes',
    '"order_ref";"user";"sku"\n"A";"a, b";"x"\n',
    ' line 1: no column "quantity"',
    /^the columns are "order_ref", "user", "sku"; .*--map/,
  ],
  [
    'one missing column',
    header.replace('sku', 'skus'),
    ' line 1: no column "sku"; did you mean "skus"?',
    /"skus".*--map/,
  ],
  [
    'a column twice',
    `${header},user\nA,a,x,1,b\n`,
    ' line 1: column "user" appears more than once (columns 2 and 5); --map user="column 2" takes one of them',
    /--map/,
  ],
  [
    'two columns that could be one field',
    `${header.replace('user', 'User')},USER\nA,a,x,1,b\n`,
    ' line 1: columns "User" and "USER" (2 and 5) could both be user',
    /--map/,
  ],
  ['a header nobody quoted right', '"order_ref"x,user\n', ' line 1: text after the closing quote', /doubled/],
  ['a header that never ends', `"${good}`, ` line 1: ${unclosed}`, /doubled/],

  ['a quote never closed', `${good}B,"bob,x,1\nC,c,y,2\n`, ` line 3: ${unclosed}`, /doubled/],
  ['a quote never closed on its second line', `${good}B,"b\nob","x\n,1\nC,c,y,2\n`, ` line 4: ${unclosed}`, /doubled/],
  [
    'a quote never closed and much behind it',
    `${good}B,"bob,x,1\n${late.repeat(5)}`,
    ` line 3: ${unclosed}`,
    /doubled/,
  ],
  [
    'a quote closed by the next',
    `${good}B,"bob,x,1\nC,c,"y",2\n`,
    ' line 4: text after the closing quote of the cell opened on line 3',
    /never closed on line 3/,
  ],
  [
    'a line of 10 MB',
    `${good}B,${'b'.repeat(10 * megabyte)},x,1\n`,
    ' line 3: the record is longer than 1 MiB',
    /line end/,
  ],
  ['a first line of 10 MB', 'b'.repeat(10 * megabyte), ' line 1: the record is longer than 1 MiB', /line end/],
  ['a record of many lines', `${good}B,"b${'\nb'.repeat(megabyte)}",x,1\n`, ` line 3: ${unclosed}`, /doubled/],
]

test.each(faults)('a CSV file with %s', async (_, content, sentence, hint) => {
  const path = file('in.csv', content)
  const error = await faultOf(path)
  expect([error.code, error.exitCode]).toEqual(['BAD_INPUT', 2])
  expect(error.message).toBe(path + sentence)
  expect(error.hint).toMatch(hint)
})

test('a record just below the limit is good', async () => {
  const cell = 'b'.repeat(megabyte - 20)
  const [, long, quoted] = await readAll(file('in.csv', `${good}B,${cell},x,1\nC,"${cell}",y,2\n`))
  expect([long?.values.user?.length, long?.values.sku]).toEqual([megabyte - 20, 'x'])
  expect([quoted?.values.user?.length, quoted?.values.sku, quoted?.line]).toEqual([megabyte - 20, 'y', 4])
})

test.each([
  ['semicolons', good.replaceAll(',', ';')],
  ['bars', good.replaceAll(',', '|')],
  ['semicolons and quotes', '"order_ref";"user";"sku";"quantity"\n"A";"ada";x;1\n'],
  ['semicolons below a title', `Sales\n\n${good.replaceAll(',', ';')}`],
  ['semicolons, and commas in names', 'a,b;order_ref;user;sku;quantity\n;A;ada;x;1\n'],
])('a file with %s is read as one with commas', async (_what, content) => {
  expect(await readAll(file('in.csv', content))).toMatchObject([
    { values: { order_ref: 'A', user: 'ada', sku: 'x', quantity: '1' }, fault: undefined },
  ])
})

test('tabs in UTF-16, as Excel writes Unicode text, are separators', async () => {
  const text = 'order_ref\tuser\tsku\tquantity\r\nA\t"a ""b"""\t0001\t1\r\n'
  const path = file('in.txt', Buffer.concat([bytes(0xff, 0xfe), Buffer.from(text, 'utf16le')]))
  expect(await readAll(path)).toMatchObject([{ values: { user: 'a "b"', sku: '0001' }, fault: undefined }])
})

test('letters survive every border between two reads', async () => {
  for (let shift = 0; shift < 4; shift++) {
    const cell = 'x'.repeat(shift) + 'é漢🍰'.repeat(30_000)
    const [, record] = await readAll(file('in.csv', `${good}B,"${cell}",x,1\n`))
    expect(record?.values.user === cell).toBe(true)
  }
})

test('all missing columns are told together, each with what it is for and what may be meant', async () => {
  const path = file('in.csv', 'Invoice Nr,client,SKUs,price\n1,2,3,4\n')
  const map = new Map([
    ['order_ref', 'InvoiceNo'],
    ['user', 'CustomerID'],
    ['price', 'prize'],
  ])
  const error = await faultOf(path, { map })
  expect(error.message).toBe(`${path}: 5 faults`)
  expect(error.faults).toEqual([
    `${path} line 1: no column "InvoiceNo" for order_ref; did you mean "Invoice Nr"?`,
    `${path} line 1: no column "CustomerID" for user`,
    `${path} line 1: no column "sku"; did you mean "SKUs"?`,
    `${path} line 1: no column "quantity"`,
    `${path} line 1: no column "prize" for price; did you mean "price"?`,
  ])
  expect(error.hint).toContain('"Invoice Nr", "client", "SKUs", "price"')
})

test('a column twice does no harm where nobody reads it', async () => {
  const [record] = await readAll(file('in.csv', `${header},note,note\nA,ada,x,1,,\n`))
  expect(record?.fault).toBeUndefined()
})

test('a huge header full of control characters stays one sentence', async () => {
  const names = Array.from({ length: 50_000 }, (_, index) => `\u001b[31m${index}`)
  const error = await faultOf(file('in.csv', names.join(',')))
  expect(error.hint!.length).toBeLessThan(1000)
  expect(error.hint).not.toContain('\u001b')
})

test('NDJSON in which nobody has a required key', async () => {
  const path = file('in.ndjson', '{"ref":"A","Users":"a","sku":"x","quantity":1}\n{"sku":"y"}\n')
  const error = await faultOf(path)
  expect(error.faults).toEqual([
    `${path}: no object has "order_ref"`,
    `${path}: no object has "user"; did you mean "Users"?`,
  ])
  expect(error.hint).toContain('"ref", "Users", "sku", "quantity"')
})

test('NDJSON in which every line is broken is left to its lines', async () => {
  const check = await withFile(file('in.ndjson', 'a\nb\n'), {}, (opened) => checkRecordFile(opened))
  expect(check).toEqual({ records: 2, faulty: 2 })
})

describe('a path that cannot be read', () => {
  test.each([
    ['missing.csv', 'there is no such file'],
    ['', 'is a directory, not a file'],
  ])('%s', async (name, sentence) => {
    const path = join(mkdtempSync(join(tmpdir(), 'dbtool-test-')), name)
    const error = await faultOf(path)
    expect([error.code, error.message]).toEqual(['USAGE', `${path}: ${sentence}`])
    expect(error.hint).toContain("'-'")
    rmdirSync(name === '' ? path : join(path, '..'))
  })

  test.skipIf(process.getuid?.() === 0)('forbidden', async () => {
    const path = file('secret.csv', good)
    chmodSync(path, 0)
    expect((await faultOf(path)).message).toBe(`${path}: cannot be read: permission denied`)
  })
})

test.each(['', ';;', '"', '\n', 'comma'])('--delimiter %j is refused', async (delimiter) => {
  const error = await failure(readAll(file('in.csv', good), { delimiter }))
  expect(error.code).toBe('USAGE')
  expect(error.message).toBe(
    `--delimiter must be one character other than a quote or a line end, not ${JSON.stringify(delimiter)}`,
  )
})
