import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ResultSet } from '../../../src/db/connection/result-set.ts'

type Cell = string | null
const longestPacket = 0xffffff

/** A payload in packets; one of 16 MB or more needs several. */
function packets(payload: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at <= payload.length; at += longestPacket) {
    const part = payload.subarray(at, at + longestPacket)
    const header = Buffer.alloc(4)
    header.writeUIntLE(part.length, 0, 3)
    header[3] = parts.length
    parts.push(header, part)
  }
  return Buffer.concat(parts)
}

function encoded(cell: Cell): Buffer {
  if (cell === null) return Buffer.from([0xfb])
  const bytes = Buffer.from(cell)
  const header = Buffer.alloc(9)
  if (bytes.length < 0xfb) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  if (bytes.length <= 0xffff)
    return Buffer.concat([header.fill(0xfc, 0, 1).subarray(0, header.writeUInt16LE(bytes.length, 1)), bytes])
  if (bytes.length <= 0xffffff)
    return Buffer.concat([header.fill(0xfd, 0, 1).subarray(0, header.writeUIntLE(bytes.length, 1, 3)), bytes])
  header[0] = 0xfe
  header.writeBigUInt64LE(BigInt(bytes.length), 1)
  return Buffer.concat([header, bytes])
}

const eof = packets(Buffer.from([0xfe, 0, 0, 2, 0]))
const okAtEnd = packets(Buffer.from([0xfe, 0, 0, 2, 0, 0, 0]))
const failure = packets(Buffer.from('\xffx\x05#70100Query execution was interrupted', 'latin1'))
const rowOf = (cells: readonly Cell[]): Buffer => packets(Buffer.concat(cells.map(encoded)))

/** The packets of the columns: their number, then a definition of each. */
const head = (columns: number): Buffer =>
  Buffer.concat([
    packets(columns < 0xfb ? Buffer.from([columns]) : Buffer.from([0xfc, columns & 0xff, columns >> 8])),
    ...Array.from({ length: columns }, (_, column) => packets(Buffer.from(`\x03def definition of column ${column}`))),
  ])

/** Old servers send EOF after the columns and after the rows; newer ones only OK after the rows. */
const results = { old: { between: eof, end: eof }, new: { between: Buffer.alloc(0), end: okAtEnd } } as const
const everyAge = Object.keys(results) as (keyof typeof results)[]

/** Everything that a result set gives, from chunks. */
function read(chunks: readonly Buffer[]): { rows: Cell[][]; others: Buffer; isOver: boolean } {
  const result = new ResultSet()
  const rows: Cell[][] = []
  const others: Buffer[] = []
  for (const chunk of chunks) {
    result.push(chunk)
    for (let part = result.read(); part !== undefined; part = result.read()) {
      if (!('rows' in part)) {
        others.push(part)
        continue
      }
      const { bytes, ranges, columns } = part
      for (let row = 0; row < part.rows; row += 1)
        rows.push(
          Array.from({ length: columns }, (_, column) => {
            const slot = (row * columns + column) * 2
            return ranges[slot] === -1 ? null : bytes.toString('utf8', ranges[slot], ranges[slot + 1])
          }),
        )
    }
  }
  return { rows, others: Buffer.concat(others), isOver: result.isOver }
}

/** Chunks of these sizes, in turn; of a large result, they are larger. */
function inChunks(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const least = Math.ceil(bytes.length / 20_000)
  const chunks: Buffer[] = []
  let at = 0
  for (let next = 0; at < bytes.length; next += 1) {
    const size = Math.max(sizes[next % sizes.length] ?? 1, least)
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const cell = fc.oneof(
  fc.constantFrom<Cell>(null, '', 'x'.repeat(250), 'y'.repeat(251), 'z'.repeat(70_000)),
  fc.string({ maxLength: 20 }),
)
const table = fc
  .integer({ min: 1, max: 300 })
  .chain((columns) =>
    fc
      .array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: columns > 20 ? 2 : 12 })
      .map((rows) => ({ columns, rows })),
  )

describe.each(everyAge)('a result set of a server that is %s', (age) => {
  const { between, end } = results[age]

  it('is separated into its rows and all other bytes, whatever the chunks are', () => {
    fc.assert(
      fc.property(
        table,
        fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 9 }),
        ({ columns, rows }, sizes) => {
          const bytes = Buffer.concat([head(columns), between, ...rows.map(rowOf), end])
          const { rows: found, others, isOver } = read(inChunks(bytes, sizes))
          expect(found).toEqual(rows)
          expect(others.equals(Buffer.concat([head(columns), between, end]))).toBe(true)
          expect(isOver).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('byte by byte', () => {
    const bytes = Buffer.concat([head(2), between, rowOf(['a', null]), rowOf(['', 'b']), end])
    expect(read(inChunks(bytes, [1]))).toEqual({
      rows: [
        ['a', null],
        ['', 'b'],
      ],
      others: Buffer.concat([head(2), between, end]),
      isOver: true,
    })
  })

  it('ends with an error before, between or after its rows, which is not a row', () => {
    for (const rows of [[], [rowOf(['a'])], [rowOf(['a']), rowOf(['b'])]]) {
      const { rows: found, others } = read([Buffer.concat([head(1), between, ...rows, failure])])
      expect(found).toHaveLength(rows.length)
      expect(others.equals(Buffer.concat([head(1), between, failure]))).toBe(true)
    }
  })

  it('may have rows of more than 16 MB', () => {
    const long = 'x'.repeat(longestPacket + 10)
    const bytes = Buffer.concat([head(2), between, rowOf(['a', 'b']), rowOf([long, 'c']), rowOf(['d', null]), end])
    const { rows, others } = read(inChunks(bytes, [65_536]))
    expect(rows.map(([text, other]) => [text?.length, other])).toEqual([
      [1, 'b'],
      [long.length, 'c'],
      [1, null],
    ])
    expect(others.equals(Buffer.concat([head(2), between, end]))).toBe(true)
  })
})

it.each([
  ['an error', failure],
  ['an outcome without rows', packets(Buffer.from([0, 1, 0, 2, 0, 0, 0]))],
])('%s instead of columns goes to the connector, with all that follows', (_what, packet) => {
  const bytes = Buffer.concat([packet, Buffer.from('anything')])
  expect(read([bytes.subarray(0, 3), bytes.subarray(3, packet.length), bytes.subarray(packet.length)])).toEqual({
    rows: [],
    others: bytes,
    isOver: true,
  })
})

it.each([
  ['shorter', Buffer.from([5, 1, 2])],
  ['longer', Buffer.from([1, 65, 66, 67])],
  ['of an impossible length', Buffer.from([0xfd, 255, 255, 255, 1])],
])('a row that is %s than its cells is an error', (_how, payload) => {
  expect(() => read([Buffer.concat([head(1), packets(payload)])])).toThrow('cannot be read as rows')
})
