import { isUtf8 } from 'node:buffer'
import type { Source } from './source.ts'
import { badFile } from './wording.ts'

/**
 * Longest record, in bytes. Real records stay far below it, so a missing quote or line end is reported before it fills
 * the memory.
 */
export const longestRecord = 1024 * 1024

const blockBytes = 64 * 1024
const newline = 10
const byteOrderMark = Buffer.from('\uFEFF')

/** Formats other than UTF-8 text that users pass by mistake, recognized by their first bytes. */
const otherFormats: readonly { start: Buffer; what: string; hint: string }[] = [
  { start: Buffer.from([0xff, 0xfe]), what: 'is UTF-16, not UTF-8', hint: 'Convert it: iconv -f utf-16 -t utf-8.' },
  { start: Buffer.from([0xfe, 0xff]), what: 'is UTF-16, not UTF-8', hint: 'Convert it: iconv -f utf-16 -t utf-8.' },
  { start: Buffer.from([0x1f, 0x8b]), what: 'is compressed', hint: 'Unpack it on the way: zcat FILE | dbtool … -' },
  {
    start: Buffer.from('PK\x03\x04'),
    what: 'is a zip archive or a spreadsheet',
    hint: 'Export the sheet as CSV in UTF-8.',
  },
]

export interface LineBlock {
  /** Number of the first line in the file, from 1. */
  first: number
  /** Without their newline, but with a carriage return before it. */
  lines: string[]
  /** Bytes of the file up to the end of this block. */
  end: number
}

/**
 * Yields the lines of a file in blocks of about 64 KiB; the next block is read when the caller asks for it. A byte
 * order mark is dropped.
 *
 * Throws BAD_INPUT with the line number for bytes that are not UTF-8, NUL bytes and a line longer than `longestRecord`.
 */
export async function* readLines(source: Source): AsyncGenerator<LineBlock> {
  const buffer = Buffer.allocUnsafe(blockBytes)
  let first = 1
  let position = 0
  let rest: Buffer[] = []
  let restBytes = 0
  while (position < source.bytes) {
    const { bytesRead } = await source.handle.read(buffer, 0, Math.min(blockBytes, source.bytes - position), position)
    if (bytesRead === 0) break
    const chunk = withoutMark(source.name, buffer.subarray(0, bytesRead), position)
    position += bytesRead
    const complete = chunk.lastIndexOf(newline) + 1
    if (restBytes + (complete > 0 ? chunk.indexOf(newline) : chunk.length) > longestRecord)
      throw tooLong(source.name, first)
    if (complete > 0) {
      const lines = decode(source.name, first, Buffer.concat([...rest, chunk.subarray(0, complete)]))
      rest = []
      restBytes = 0
      yield { first, lines, end: position - (chunk.length - complete) }
      first += lines.length
    }
    // The next read overwrites the buffer, so the beginning of an unfinished line is copied out of it.
    rest.push(Buffer.from(chunk.subarray(complete)))
    restBytes += chunk.length - complete
  }
  if (restBytes > 0) yield { first, lines: decode(source.name, first, Buffer.concat(rest)), end: position }
}

export function tooLong(name: string, line: number): Error {
  const hint =
    'Look for a missing line end or a quote that was never closed; lines may end in LF or CRLF, not in CR alone.'
  return badFile(name, line, 'the record is longer than 1 MiB', hint)
}

function withoutMark(name: string, chunk: Buffer, position: number): Buffer {
  if (position > 0) return chunk
  const other = otherFormats.find(({ start }) => chunk.subarray(0, start.length).equals(start))
  if (other) throw badFile(name, undefined, other.what, other.hint)
  return chunk.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? chunk.subarray(byteOrderMark.length) : chunk
}

/**
 * Each line is a separate string: a slice of the block would keep the whole block alive as long as one cell is in use.
 */
function decode(name: string, first: number, block: Buffer): string[] {
  const clean = isUtf8(block) && !block.includes(0)
  const lines: string[] = []
  for (let start = 0; start < block.length;) {
    const found = block.indexOf(newline, start)
    const end = found < 0 ? block.length : found
    if (!clean) refuseBytes(name, first + lines.length, block.subarray(start, end))
    lines.push(block.toString('utf8', start, end))
    start = end + 1
  }
  return lines
}

function refuseBytes(name: string, line: number, bytes: Buffer): void {
  if (bytes.includes(0))
    throw badFile(name, line, 'contains a NUL byte', 'This is not a text file; export it again as UTF-8 text.')
  if (isUtf8(bytes)) return
  const hint = 'Latin-1 is the usual cause; convert it: iconv -f latin1 -t utf-8 FILE > FILE.utf8.'
  throw badFile(name, line, 'is not valid UTF-8', hint)
}
