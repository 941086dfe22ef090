import type { Cells } from '../../cells.ts'
import { DbtoolError } from '../../errors.ts'

const headerBytes = 4
/** A packet of this length continues in the next one. */
const longestPacket = 0xffffff
/** An EOF packet, which older servers send between the columns and the rows. An OK packet is longer. */
const eofBytes = 5
const nothing: Buffer = Buffer.alloc(0)

/** The first byte of a packet, or of a cell. */
const first = { ok: 0x00, nullCell: 0xfb, twoBytes: 0xfc, threeBytes: 0xfd, eightBytes: 0xfe, end: 0xfe, error: 0xff }

/**
 * Separates the rows of one result set in the text protocol from its other packets.
 * https://mariadb.com/docs/server/reference/clientserver-protocol/4-server-response-packets/result-set-packets
 */
export class ResultSet {
  /** Bytes from `#at` on are not yet read. The incomplete packet at their end needs `#missing` more. */
  #bytes: Buffer = nothing
  #at = 0
  #missing = headerBytes
  #chunks: Buffer[] = []
  #received = 0
  #part: 'head' | 'rows' | 'end' = 'head'
  #columns = 0
  #columnsLeft = 0
  #ranges = new Int32Array(8_192)

  /** Adds bytes from the server, in chunks of any size. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#received += chunk.length
  }

  /** True when all rows are read. All further bytes are other packets. */
  get isOver(): boolean {
    return this.#part === 'end'
  }

  /**
   * Reads the next rows, or the bytes of the next other packets. Undefined if more bytes are needed first.
   * @throws DbtoolError UNEXPECTED if the bytes are no result set.
   */
  read(): Cells | Buffer | undefined {
    this.join()
    const part = this.#part === 'head' ? this.readHead() : undefined
    if (part !== undefined) return part
    return this.#part === 'rows' ? (this.readRows() ?? this.readRest()) : this.readRest()
  }

  /** Joins the chunks with the unread bytes, unless a large packet is still incomplete. */
  private join(): void {
    if (this.#received === 0 || this.#received < this.#missing) return
    const rest = this.#bytes.subarray(this.#at)
    const [chunk = nothing] = this.#chunks
    this.#bytes = rest.length === 0 && this.#chunks.length === 1 ? chunk : Buffer.concat([rest, ...this.#chunks])
    this.#at = 0
    this.#missing = 0
    this.#chunks = []
    this.#received = 0
  }

  /** The end of the packet that begins at `at`; undefined if it is incomplete. */
  private endOf(at: number): number | undefined {
    const complete = this.#bytes.length - at
    this.#missing = complete < headerBytes ? headerBytes - complete : headerBytes + this.lengthAt(at) - complete
    return this.#missing > 0 ? undefined : at + headerBytes + this.lengthAt(at)
  }

  private lengthAt(at: number): number {
    return this.#bytes.readUIntLE(at, 3)
  }

  /** Reads the number of columns, their definitions, and the EOF packet of older servers. */
  private readHead(): Buffer | undefined {
    const from = this.#at
    for (let end = this.endOf(from); end !== undefined && this.#part === 'head'; end = this.endOf(this.#at)) {
      const payload = this.#bytes.subarray(this.#at + headerBytes, end)
      if (this.#columns === 0) this.begin(payload)
      else if (this.#columnsLeft > 0) this.#columnsLeft -= 1
      else this.#part = 'rows'
      const isOthers = this.#part === 'head' || (payload[0] === first.end && payload.length === eofBytes)
      if (isOthers) this.#at = end
    }
    return this.#at === from ? undefined : this.#bytes.subarray(from, this.#at)
  }

  /** Reads the first packet. One without a number of columns means that there are no rows. */
  private begin(payload: Buffer): void {
    const [byte = first.error] = payload
    if (byte === first.ok || byte === first.nullCell || byte === first.error) this.#part = 'end'
    else this.#columns = this.#columnsLeft = byte === first.twoBytes ? payload.readUInt16LE(1) : byte
  }

  private readRows(): Cells | undefined {
    let rows = 0
    for (let end = this.endOf(this.#at); end !== undefined; end = this.endOf(this.#at)) {
      const length = end - this.#at - headerBytes
      if (length === longestPacket) return rows === 0 ? this.readLargeRow() : this.cells(this.#bytes, rows)
      const byte = this.#bytes[this.#at + headerBytes] ?? first.error
      if (byte >= first.end) {
        this.#part = 'end'
        break
      }
      this.readRow(this.#bytes, this.#at + headerBytes, end, rows)
      this.#at = end
      rows += 1
    }
    return rows === 0 ? undefined : this.cells(this.#bytes, rows)
  }

  /** Reads a row of several packets. */
  private readLargeRow(): Cells | undefined {
    const parts: Buffer[] = []
    let at = this.#at
    for (let end = this.endOf(at); end !== undefined; end = this.endOf(at)) {
      parts.push(this.#bytes.subarray(at + headerBytes, end))
      const isLast = end - at - headerBytes < longestPacket
      at = end
      if (!isLast) continue
      const row = Buffer.concat(parts)
      this.readRow(row, 0, row.length, 0)
      this.#at = at
      return this.cells(row, 1)
    }
    return undefined
  }

  /** Finds the cells of a row. Each begins with its length. */
  private readRow(bytes: Buffer, from: number, end: number, row: number): void {
    const columns = this.#columns
    let slot = row * columns * 2
    if (slot + columns * 2 > this.#ranges.length) this.enlarge(columns)
    const ranges = this.#ranges
    let at = from
    for (let column = 0; column < columns; column += 1, slot += 2) {
      const byte = bytes[at] ?? first.error
      at += 1
      if (byte === first.nullCell) {
        ranges[slot] = -1
        continue
      }
      let length = byte
      if (byte > first.nullCell) {
        length = longLength(bytes, at, byte)
        at += byte === first.twoBytes ? 2 : byte === first.threeBytes ? 3 : 8
      }
      ranges[slot] = at
      at += length
      ranges[slot + 1] = at
    }
    if (at !== end) throw unreadable()
  }

  private enlarge(columns: number): void {
    const larger = new Int32Array((this.#ranges.length + columns) * 2)
    larger.set(this.#ranges)
    this.#ranges = larger
  }

  private cells(bytes: Buffer, rows: number): Cells {
    return { bytes, ranges: this.#ranges, rows, columns: this.#columns }
  }

  private readRest(): Buffer | undefined {
    if (this.#part !== 'end') return undefined
    const rest = Buffer.concat([this.#bytes.subarray(this.#at), ...this.#chunks])
    this.#bytes = nothing
    this.#at = 0
    this.#chunks = []
    this.#received = 0
    return rest.length === 0 ? undefined : rest
  }
}

function longLength(bytes: Buffer, at: number, byte: number): number {
  if (byte === first.twoBytes) return bytes.readUInt16LE(at)
  if (byte === first.threeBytes) return bytes.readUIntLE(at, 3)
  return byte === first.eightBytes ? Number(bytes.readBigUInt64LE(at)) : bytes.length
}

export function unreadable(): DbtoolError {
  return new DbtoolError('UNEXPECTED', 'the server sent a result that cannot be read as rows', {
    hint: 'this is a bug in dbtool',
  })
}
