import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'

export interface Reading {
  readonly maxBytes: number
  /** Do not follow a link. */
  readonly noLink?: boolean
  /** Accept an open pipe of this process: /dev/stdin, or /dev/fd/63, which is what a shell makes of `<(command)`. */
  readonly orPipe?: boolean
  /** Accept NUL characters: the caller knows better what such a file is, as a certificate in another format. */
  readonly orBytes?: boolean
}

/** A file with its attributes, all from one open file. */
export interface RegularFile {
  readonly text: string
  readonly stats: Stats
}

const openPipe = /^\/(?:dev\/stdin|(?:dev|proc\/self)\/fd\/\d+)$/

/**
 * Reads a small text file. It never waits: a pipe without a writer would block the process, and Ctrl-C with it.
 * @throws Error with a clause as its message, such as "it is not a regular file"; otherwise an error of Node.
 */
export function readRegularFile(path: string, { maxBytes, noLink, orPipe, orBytes }: Reading): RegularFile {
  const mayBePipe = orPipe === true && openPipe.test(path)
  // Windows has neither flag.
  const waits = mayBePipe ? 0 : (constants.O_NONBLOCK as number | undefined)
  const link = noLink === true ? (constants.O_NOFOLLOW as number | undefined) : 0
  const descriptor = openSync(path, constants.O_RDONLY | (waits ?? 0) | (link ?? 0))
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile() && !(mayBePipe && stats.isFIFO()))
      throw new Error(stats.isDirectory() ? 'it is a directory' : 'it is not a regular file')
    const bytes = readAll(descriptor, maxBytes)
    if (bytes.length > maxBytes) throw new Error(`it is longer than ${maxBytes} bytes`)
    const text = textOf(bytes)
    if (orBytes !== true && text.includes('\0')) throw new Error('it has NUL characters; save it as UTF-8')
    return { text, stats }
  } finally {
    closeSync(descriptor)
  }
}

/**
 * The text in UTF-8, or in UTF-16 after a byte order mark: PowerShell 5 writes that with `>`. A mark, as Notepad writes
 * it, is not a part of the text.
 */
function textOf(bytes: Buffer): string {
  const mark = bytes.toString('latin1', 0, 2)
  const encoding = { '\xff\xfe': 'utf-16le', '\xfe\xff': 'utf-16be' }[mark] ?? 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

/** All bytes, or a few more than `maxBytes`. */
function readAll(descriptor: number, maxBytes: number): Buffer {
  const chunks: Buffer[] = []
  for (let length = 0; length <= maxBytes;) {
    const chunk = Buffer.alloc(Math.min(maxBytes + 1 - length, 65_536))
    const read = readSync(descriptor, chunk)
    if (read === 0) break
    length += read
    chunks.push(chunk.subarray(0, read))
  }
  return Buffer.concat(chunks)
}
