import type { CellKind, Cells } from '../cells.ts'

/** The way from the bytes of a column to a cell. */
export type CellWay =
  /** As they are. */
  | 'copied'
  /** As they are, if each of them may be copied. */
  | 'checked'
  /** As true or false. */
  | 'flag'
  /** In ISO 8601. */
  | 'instant'
  /** By the general writer. */
  | 'general'

export interface CellColumn {
  /** The position in the SELECT; -1 if it was not selected. */
  readonly at: number
  readonly kind: CellKind
  readonly way: CellWay
  /** The text before the cell, with the beginning of the row for the first column. */
  readonly before: Buffer
  /** The quote around a cell that is not NULL; empty for none. The general writer puts its own. */
  readonly quote: Buffer
  /** The general writer of one value. */
  readonly write: (value: unknown) => string
}

/** A format in which most cells are written as the server sent them. */
export interface CellFormat {
  readonly columns: readonly CellColumn[]
  readonly head: string
  /** The end of a row. */
  readonly end: Buffer
  /** The text before every row except the first. */
  readonly gap: Buffer
  readonly nullText: Buffer
  /** The bytes that a text may contain if it is copied: 1 for yes. */
  readonly copies: Uint8Array
  /** The bytes with which a text may begin if it is copied. */
  readonly copiesFirst: Uint8Array
  readonly foot: (hasRows: boolean) => string
}

const [trueText, falseText] = [Buffer.from('true'), Buffer.from('false')]
/** `2026-01-02 03:04:05`, which becomes `2026-01-02T03:04:05Z`. */
const instantBytes = 19
const timeAt = 10
const [letterT, letterZ] = [Buffer.from('T')[0] ?? 0, Buffer.from('Z')[0] ?? 0]
/** More than any column writes besides its name and its bytes: NULL, a flag, quotes, or the letter of an instant. */
const extraBytes = 8

/** Writes a list from the bytes of its cells. The output is the same as that of the general writer. */
export class CellSheet {
  readonly #format: CellFormat
  readonly #rowBytes: number
  #hasRows = false
  /** Every writer puts its bytes here from a position on, and returns the position after them. */
  #out = Buffer.alloc(0)

  constructor(format: CellFormat) {
    this.#format = format
    const { columns, end, gap } = format
    this.#rowBytes = columns.reduce((sum, { before }) => sum + before.length + extraBytes, end.length + gap.length)
  }

  get head(): string {
    return this.#format.head
  }

  rows(cells: Cells): Buffer {
    const { columns, end, gap } = this.#format
    this.#out = Buffer.allocUnsafe(this.mostBytes(cells))
    let at = 0
    for (let row = 0; row < cells.rows; row += 1) {
      if (this.#hasRows) at = this.put(gap, at)
      this.#hasRows = true
      const base = row * cells.columns
      for (const column of columns)
        at = this.writeCell(column, cells, (base + column.at) * 2, this.put(column.before, at))
      at = this.put(end, at)
    }
    return this.#out.subarray(0, at)
  }

  foot(): string {
    return this.#format.foot(this.#hasRows)
  }

  /** The most bytes that rows need, apart from cells of the general writer. */
  private mostBytes({ bytes, rows }: Cells): number {
    return rows * this.#rowBytes + bytes.length
  }

  private writeCell(column: CellColumn, cells: Cells, slot: number, at: number): number {
    const { bytes, ranges } = cells
    const from = column.at < 0 ? -1 : (ranges[slot] ?? -1)
    if (from < 0) return this.put(this.#format.nullText, at)
    const to = ranges[slot + 1] ?? from
    const { quote, way } = column
    if (way === 'flag') return this.put(isTrue(bytes, from, to) ? trueText : falseText, at)
    const start = this.put(quote, at)
    const end = way === 'copied' ? this.copy(bytes, from, to, start) : this.writeWay(way, cells, slot, start)
    return end < 0 ? this.writeGeneral(column, cells, slot, at) : this.put(quote, end)
  }

  /** The position after the cell, or -1 if it is left to the general writer. */
  private writeWay(way: CellWay, { bytes, ranges }: Cells, slot: number, at: number): number {
    const from = ranges[slot] ?? 0
    const to = ranges[slot + 1] ?? from
    if (way === 'checked') return this.copyText(bytes, from, to, at)
    if (way !== 'instant' || to - from !== instantBytes) return -1
    const end = this.copy(bytes, from, to, at)
    this.#out[at + timeAt] = letterT
    this.#out[end] = letterZ
    return end + 1
  }

  /** Copies a text, unless one of its bytes has a meaning in this format: then -1. */
  private copyText(bytes: Buffer, from: number, to: number, at: number): number {
    const { copies, copiesFirst } = this.#format
    if (from < to && copiesFirst[bytes[from] ?? 0] === 0) return -1
    const out = this.#out
    let end = at
    for (let next = from; next < to; next += 1, end += 1) {
      const byte = bytes[next] ?? 0
      if (copies[byte] === 0) return -1
      out[end] = byte
    }
    return end
  }

  private writeGeneral({ kind, write }: CellColumn, cells: Cells, slot: number, at: number): number {
    const from = cells.ranges[slot] ?? 0
    const text = Buffer.from(write(valueOf(kind, cells.bytes, from, cells.ranges[slot + 1] ?? from)))
    const needed = at + text.length + this.mostBytes(cells)
    if (needed > this.#out.length) {
      const larger = Buffer.allocUnsafe(needed + this.#out.length)
      this.#out.copy(larger, 0, 0, at)
      this.#out = larger
    }
    return this.put(text, at)
  }

  private put(text: Buffer, at: number): number {
    return this.copy(text, 0, text.length, at)
  }

  /** Most cells are short: a loop is faster than a call of Node's copy. */
  private copy(bytes: Buffer, from: number, to: number, at: number): number {
    const out = this.#out
    let end = at
    for (let next = from; next < to; next += 1, end += 1) out[end] = bytes[next] ?? 0
    return end
  }
}

const digitOne = Buffer.from('1')[0]
const isTrue = (bytes: Buffer, from: number, to: number): boolean => to - from === 1 && bytes[from] === digitOne

/** The value of a cell, as the general writer takes it. */
function valueOf(kind: CellKind, bytes: Buffer, from: number, to: number): unknown {
  const text = bytes.toString('utf8', from, to)
  switch (kind) {
    case 'integer':
      return Number(text)
    case 'flag':
      return text === '1'
    case 'instant':
      return `${text.replace(' ', 'T')}Z`
    default:
      return text
  }
}
