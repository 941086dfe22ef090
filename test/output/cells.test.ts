import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CellKind, CellKinds, Cells } from '../../src/cells.ts'
import type { Format } from '../../src/output/choices.ts'
import type { CsvStyle } from '../../src/output/delimited.ts'
import { Output } from '../../src/output/output.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { anyText, nasty } from '../support/nasty.ts'

type Row = Record<string, unknown>

/** Every kind, in a column of texts and in one of numbers; one column is not selected. */
const kinds = {
  id: 'integer',
  name: 'text',
  note: 'text',
  price: 'decimal',
  text_price: 'decimal',
  stock: 'integer',
  text_stock: 'integer',
  active: 'flag',
  right_active: 'flag',
  at: 'instant',
  right_at: 'instant',
  right_note: 'text',
} as const satisfies CellKinds
const right = new Set(['price', 'stock', 'right_active', 'right_at', 'right_note'])
const names = Object.keys(kinds).filter((name) => name !== 'id')
const view: View = {
  columns: [...names, 'missing'].map((name) => (right.has(name) ? number(name) : text(name))),
  id: 'id',
}

/** The bytes of a value in the text protocol. */
function bytesOf(kind: CellKind, value: unknown): Buffer {
  if (kind === 'flag') return Buffer.from(value === true ? '1' : '0')
  if (kind === 'instant') return Buffer.from(String(value).replace('T', ' ').replace('Z', ''))
  return Buffer.from(String(value))
}

/** Rows as the server sends them, with other bytes between the cells. */
function cellsOf(rows: readonly Row[]): Cells {
  const parts: Buffer[] = []
  const ranges: number[] = []
  let at = 0
  for (const row of rows)
    for (const [name, kind] of Object.entries(kinds)) {
      const value = row[name]
      const cell = value === null ? Buffer.alloc(0) : bytesOf(kind, value)
      parts.push(Buffer.from('\xff"', 'latin1'), cell)
      at += 2
      ranges.push(value === null ? -1 : at, at + cell.length)
      at += cell.length
    }
  const columns = Object.keys(kinds).length
  return { bytes: Buffer.concat(parts), ranges: Int32Array.from(ranges), rows: rows.length, columns }
}

interface Options {
  readonly format: Format
  readonly csv?: CsvStyle
  readonly raw?: boolean
  readonly fields?: readonly string[]
  readonly isBare?: boolean
  readonly isTTY?: boolean
}

/** What is written of rows, from values or from bytes, in two parts. */
async function written(rows: readonly Row[], from: 'values' | 'bytes', options: Options): Promise<Buffer> {
  const { format, csv, raw = false, fields, isBare = false, isTTY = false } = options
  const chunks: Buffer[] = []
  const stdout = Object.assign(new PassThrough(), isTTY ? { isTTY, columns: 80 } : {}).on('data', (chunk: Buffer) =>
    chunks.push(chunk),
  )
  const streams = { stdout, stderr: new PassThrough(), env: {}, signal: new AbortController().signal }
  const out = new Output({ ...streams, format, raw, colour: 'never', quiet: true, isBare, ...(fields && { fields }) })
  const half = Math.ceil(rows.length / 2)
  const parts = [rows.slice(0, half), rows.slice(half)].filter(({ length }) => length > 0)
  const produce: Parameters<Output['stream']>[1] = async (write, openCells) => {
    if (from === 'values') for (const part of parts) await write(part)
    else if (openCells === undefined) throw new Error('no bytes')
    else {
      const onCells = openCells(kinds)
      for (const part of parts) await onCells(cellsOf(part))
    }
  }
  await out.stream(view, produce, { csv })
  return Buffer.concat(chunks)
}

const csvStyles: CsvStyle[] = [
  {},
  ...[',', ';', '\t', '|'].map((delimiter) => ({ delimiter })),
  { decimalComma: true },
  { delimiter: ';', bom: true, crlf: true, decimalComma: true },
]
const outputs: Options[] = [
  ...csvStyles.map((csv): Options => ({ format: 'csv', csv })),
  ...(['csv', 'tsv', 'ndjson', 'json'] as const).flatMap((format): Options[] => [
    { format },
    { format, raw: true },
    { format, fields: ['note', 'price', 'name', 'text_price'] },
  ]),
]

const instants = ['2026-01-02T03:04:05Z', '0000-00-00T00:00:00Z', '9999-12-31T23:59:59Z']
const decimals = ['4.50', '-4.50', '0.00', '12345678.90', '7']
const wellFormed = anyText.map((some) => Buffer.from(some).toString())
const orNull = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(some, { nil: null })
const row: fc.Arbitrary<Row> = fc.record(
  Object.fromEntries(
    Object.entries(kinds).map(([name, kind]): [string, fc.Arbitrary<unknown>] => [
      name,
      {
        integer: orNull(fc.integer()),
        text: orNull(wellFormed),
        decimal: orNull(fc.constantFrom(...decimals)),
        flag: fc.boolean(),
        instant: orNull(fc.constantFrom(...instants)),
      }[kind],
    ]),
  ),
)

const plain: Row = {
  ...{ id: 1, name: 'Tea', note: null, price: '4.50', text_price: '4.50', stock: 3, text_stock: -3 },
  ...{ active: true, right_active: false, at: instants[0], right_at: null, right_note: '4.50' },
}
const nastyRows = nasty.map((some): Row => {
  const note = Buffer.from(some).toString()
  return { ...plain, name: note, note, right_note: note }
})

async function sameBothWays(rows: readonly Row[], options: Options): Promise<void> {
  const [values, bytes] = [await written(rows, 'values', options), await written(rows, 'bytes', options)]
  if (!bytes.equals(values)) expect(bytes.toString()).toBe(values.toString())
}

describe.each(outputs)('%j: a list from bytes is the same as from values', (options) => {
  it('for every nasty text', () => sameBothWays(nastyRows, options))

  it('for any text, number and NULL', () =>
    fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 8 }), (rows) => sameBothWays(rows, options)),
      { numRuns: 60 },
    ))
})

it.each(['csv', 'tsv', 'ndjson', 'json'] as const)(
  '%s from bytes is the same as from values for every kind of character, alone, at the start and inside',
  async (format) => {
    const points = Array.from({ length: 0x110000 }, (_, point) => point).filter((point) => point >> 11 !== 27)
    // All characters of the blocks where some are unsafe or wide, and a few of the others.
    const some = points.filter(
      (point) => point < 0x3200 || point % 251 === 0 || (point >= 0xfe00 && point < 0x10000) || point >> 8 === 0x1d1,
    )
    const rows = some.map((point): Row => {
      const character = String.fromCodePoint(point)
      return { ...plain, name: character, note: `a${character}b` }
    })
    await sameBothWays(rows, { format })
  },
)

describe('bytes are not asked for', () => {
  it.each([
    { format: 'table' },
    { format: 'vertical' },
    { format: 'markdown' },
    { format: 'ids' },
    { format: 'count' },
    { format: 'csv', isBare: true, fields: ['name'] },
    { format: 'csv', isTTY: true },
    { format: 'json', isTTY: true },
  ] as const)('%j', async (options) => {
    await expect(written([plain], 'bytes', options)).rejects.toThrow('no bytes')
    expect((await written([plain], 'values', options)).length).toBeGreaterThan(0)
  })
})

it('a wide row after many narrow ones finds its place', async () => {
  const wide = { ...plain, name: '"'.repeat(300_000) }
  for (const options of outputs) await sameBothWays([...Array.from({ length: 50 }, () => plain), wide, plain], options)
})
