import { isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
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
    const chunk = withoutMark(buffer.subarray(0, bytesRead), position)
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

/**
 * Yields the text of a file in blocks of about 64 KiB, wherever its lines end.
 *
 * Throws BAD_INPUT for bytes that are not UTF-8.
 */
export async function* readText(source: Source): AsyncGenerator<{ text: string; end: number }> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const buffer = Buffer.allocUnsafe(blockBytes)
  for (let position = 0; position < source.bytes;) {
    const { bytesRead } = await source.handle.read(buffer, 0, Math.min(blockBytes, source.bytes - position), position)
    if (bytesRead === 0) break
    position += bytesRead
    const text = decodeText(decoder, buffer.subarray(0, bytesRead), position < source.bytes)
    if (text === undefined) throw notUtf8(source.name, undefined)
    yield { text, end: position }
  }
}

function decodeText(decoder: TextDecoder, block: Buffer, stream: boolean): string | undefined {
  try {
    return decoder.decode(block, { stream })
  } catch {
    return undefined
  }
}

/** The first line with any text, cut after 64 KiB, to recognize the format of a file; undefined if there is none. */
export async function firstLine({ handle, bytes }: Source): Promise<string | undefined> {
  const buffer = Buffer.allocUnsafe(blockBytes)
  for (let position = 0; position < bytes; position += blockBytes) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(blockBytes, bytes - position), position)
    const text = withoutMark(buffer.subarray(0, bytesRead), position).toString('utf8').trimStart()
    if (text !== '') return (text.split('\n', 1)[0] ?? '').trimEnd()
  }
  return undefined
}

export function tooLong(name: string, line: number): Error {
  const hint =
    'Look for a missing line end or a quote that was never closed; lines may end in LF or CRLF, not in CR alone.'
  return badFile(name, line, 'the record is longer than 1 MiB', hint)
}

function withoutMark(chunk: Buffer, position: number): Buffer {
  if (position > 0) return chunk
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
    throw badFile(
      name,
      line,
      'contains a NUL byte',
      'Text in UTF-16 needs --encoding utf-16le; other files are no text.',
    )
  if (!isUtf8(bytes)) throw notUtf8(name, line)
}

function notUtf8(name: string, line: number | undefined): Error {
  const hint = 'An export of Windows is the usual cause: run it again with --encoding windows-1252.'
  return badFile(name, line, 'is not valid UTF-8', hint)
}
