import type { CellKind, Cells } from '../cells.ts'

/**
 * How the bytes of a column become a cell: as they are; as they are if each of them may be copied; as true or false; as
 * an instant in ISO 8601; or through the general writer.
 */
export type CellWay = 'copied' | 'checked' | 'flag' | 'instant' | 'general'

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
  #out = Buffer.alloc(0)
  #at = 0

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
    this.#out = Buffer.allocUnsafe(this.room(cells))
    this.#at = 0
    for (let row = 0; row < cells.rows; row += 1) {
      if (this.#hasRows) this.put(gap)
      this.#hasRows = true
      const base = row * cells.columns
      for (const column of columns) {
        this.put(column.before)
        this.writeCell(column, cells, (base + column.at) * 2)
      }
      this.put(end)
    }
    return this.#out.subarray(0, this.#at)
  }

  foot(): string {
    return this.#format.foot(this.#hasRows)
  }

  /** The most bytes that rows need, apart from cells of the general writer. */
  private room({ bytes, rows }: Cells): number {
    return rows * this.#rowBytes + bytes.length
  }

  private writeCell(column: CellColumn, cells: Cells, slot: number): void {
    const from = column.at < 0 ? -1 : (cells.ranges[slot] ?? -1)
    if (from < 0) return this.put(this.#format.nullText)
    const to = cells.ranges[slot + 1] ?? from
    switch (column.way) {
      case 'copied':
        this.put(column.quote)
        this.copy(cells.bytes, from, to)
        return this.put(column.quote)
      case 'checked':
        return this.writeText(column, cells, from, to)
      case 'flag':
        return this.put(isTrue(cells.bytes, from, to) ? trueText : falseText)
      case 'instant':
        return this.writeInstant(column, cells, from, to)
      default:
        return this.writeGeneral(column, cells, from, to)
    }
  }

  /** Copies a text up to a byte that has a meaning in this format; such a text is left to the general writer. */
  private writeText(column: CellColumn, cells: Cells, from: number, to: number): void {
    const { copies, copiesFirst } = this.#format
    const { bytes } = cells
    const start = this.#at
    const out = this.#out
    if (from < to && copiesFirst[bytes[from] ?? 0] === 0) return this.writeGeneral(column, cells, from, to)
    this.put(column.quote)
    let at = this.#at
    for (let next = from; next < to; next += 1) {
      const byte = bytes[next] ?? 0
      if (copies[byte] === 0) {
        this.#at = start
        return this.writeGeneral(column, cells, from, to)
      }
      out[at] = byte
      at += 1
    }
    this.#at = at
    this.put(column.quote)
  }

  private writeInstant(column: CellColumn, cells: Cells, from: number, to: number): void {
    if (to - from !== instantBytes) return this.writeGeneral(column, cells, from, to)
    this.put(column.quote)
    const start = this.#at
    this.copy(cells.bytes, from, to)
    this.#out[start + timeAt] = letterT
    this.#out[this.#at] = letterZ
    this.#at += 1
    this.put(column.quote)
  }

  private writeGeneral({ kind, write }: CellColumn, cells: Cells, from: number, to: number): void {
    const text = Buffer.from(write(valueOf(kind, cells.bytes, from, to)))
    const needed = this.#at + text.length + this.room(cells)
    if (needed > this.#out.length) {
      const larger = Buffer.allocUnsafe(needed + this.#out.length)
      this.#out.copy(larger, 0, 0, this.#at)
      this.#out = larger
    }
    this.put(text)
  }

  private put(text: Buffer): void {
    this.copy(text, 0, text.length)
  }

  /** Most cells are short: a loop is faster than a call of Node's copy. */
  private copy(bytes: Buffer, from: number, to: number): void {
    const out = this.#out
    let at = this.#at
    for (let next = from; next < to; next += 1, at += 1) out[at] = bytes[next] ?? 0
    this.#at = at
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
