import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  type Stats,
} from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { replaceFile } from '../src/write-file.ts'

export interface Compiled {
  readonly file: string
  /** The ctime of the file: its mtime may have been set by the author of a package. */
  readonly changedMs: number
  /** The cached data of V8. */
  readonly code: Buffer
}

/** An entry of the index; `at` counts from the end of the index. */
type Place = readonly [changedMs: number, at: number, bytes: number, checksum: number]

/**
 * Compiled code of many files in one: the length of the index and its checksum (four bytes each), the index as JSON,
 * and the code. V8 checks the length of its cached data but not the bytes, and crashes on wrong ones: so everything has
 * a checksum. Never throws: without the cache, a start only takes longer.
 */
export class CompiledFile {
  #fd: number | undefined
  #index: Readonly<Record<string, Place>> = {}
  #codeAt = 0

  constructor(readonly path: string) {
    try {
      this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
      const stats = fstatSync(this.#fd)
      // Code written by another user is never run.
      if (!stats.isFile() || !isOwnedByUser(stats)) return
      const head = this.read(0, headBytes)
      const index = this.read(headBytes, Math.min(head.readUInt32LE(0), stats.size))
      if (crc32(index) !== head.readUInt32LE(4)) return
      this.#index = JSON.parse(index.toString()) as Record<string, Place>
      this.#codeAt = headBytes + index.length
    } catch {
      // The cache does not exist yet, or is damaged: it counts as empty.
    }
  }

  /** The compiled code of a file; undefined if it is missing, damaged, or older than the file. */
  codeOf(file: string, changedMs: number): Buffer | undefined {
    const [cachedMs, at = 0, bytes = 0, checksum] = this.#index[file] ?? []
    if (cachedMs !== changedMs) return undefined
    const code = this.read(this.#codeAt + at, bytes)
    return crc32(code) === checksum ? code : undefined
  }

  /** Replaces the file by one with these entries added, and without those of files that changed or no longer exist. */
  add(compiled: readonly Compiled[]): void {
    try {
      const before = Object.entries(this.#index).flatMap(([file, [changedMs]]) => {
        const code =
          statSync(file, { throwIfNoEntry: false })?.ctimeMs === changedMs ? this.codeOf(file, changedMs) : undefined
        return code === undefined || compiled.some((added) => added.file === file) ? [] : [{ file, changedMs, code }]
      })
      if (this.#fd !== undefined) closeSync(this.#fd)
      makeDirectory(dirname(this.path))
      replaceFile(this.path, packed([...before, ...compiled]), { mode: 0o600, flush: true })
    } catch {
      // The cache is optional, so the failure is not reported.
    }
  }

  private read(at: number, bytes: number): Buffer {
    const buffer = Buffer.allocUnsafe(bytes)
    return this.#fd === undefined ? buffer.subarray(0, 0) : buffer.subarray(0, readSync(this.#fd, buffer, 0, bytes, at))
  }
}

const headBytes = 8

function packed(all: readonly Compiled[]): Buffer {
  let end = 0
  const index = Object.fromEntries(
    all.map(({ file, changedMs, code }): [string, Place] => [
      file,
      [changedMs, (end += code.length) - code.length, code.length, crc32(code)],
    ]),
  )
  const text = Buffer.from(JSON.stringify(index))
  const head = Buffer.alloc(headBytes)
  head.writeUInt32LE(text.length, 0)
  head.writeUInt32LE(crc32(text), 4)
  return Buffer.concat([head, text, ...all.map(({ code }) => code)])
}

/** Whether the file belongs to this user; always true on Windows, which has no such owners. */
export function isOwnedByUser({ uid }: Stats): boolean {
  return process.geteuid === undefined || uid === process.geteuid()
}

/**
 * Creates the directory and its parent, such as ~/.cache/dbtool, for this user only. Not with `recursive`: in /proc,
 * Node's call never returns.
 */
export function makeDirectory(path: string): void {
  for (const directory of [dirname(path), path]) if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 })
}
