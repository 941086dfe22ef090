import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'

export interface Compiled {
  readonly file: string
  /** When the file itself was last changed; the time of its content may have been set by the author of a package. */
  readonly changedMs: number
  /** What V8 made of it. */
  readonly code: Buffer
}

/** Of a file's code: after the contents. */
type Place = readonly [changedMs: number, at: number, bytes: number, checksum: number]

/**
 * Compiled code in one file: the length of the contents and their checksum, four bytes each, the contents as JSON, and
 * the code. V8 looks at
 * the length of what it gets, not at its bytes, and dies of wrong ones: so everything has a checksum. Never fails:
 * without it a start only takes longer.
 */
export class CompiledFile {
  #fd: number | undefined
  #contents: Readonly<Record<string, Place>> = {}
  #codeAt = 0

  constructor(readonly path: string) {
    try {
      this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
      const found = fstatSync(this.#fd)
      // What somebody else has put there is not run.
      if (!found.isFile() || !isOurs(found)) return
      const head = this.read(0, headBytes)
      const contents = this.read(headBytes, Math.min(head.readUInt32LE(0), found.size))
      if (crc32(contents) !== head.readUInt32LE(4)) return
      this.#contents = JSON.parse(contents.toString()) as Record<string, Place>
      this.#codeAt = headBytes + contents.length
    } catch {
      // Nothing was kept yet.
    }
  }

  codeOf(file: string, changedMs: number): Buffer | undefined {
    const [kept, at = 0, bytes = 0, checksum] = this.#contents[file] ?? []
    if (kept !== changedMs) return undefined
    const code = this.read(this.#codeAt + at, bytes)
    return crc32(code) === checksum ? code : undefined
  }

  /** Replaces the file by one that has these too, without what is not there any more. */
  add(compiled: readonly Compiled[]): void {
    const unfinished = `${this.path}.${process.pid}`
    try {
      const before = Object.entries(this.#contents).flatMap(([file, [changedMs]]) => {
        const code =
          statSync(file, { throwIfNoEntry: false })?.ctimeMs === changedMs ? this.codeOf(file, changedMs) : undefined
        return code === undefined || compiled.some((one) => one.file === file) ? [] : [{ file, changedMs, code }]
      })
      if (this.#fd !== undefined) closeSync(this.#fd)
      makeDirectory(dirname(this.path))
      writeFileSync(unfinished, packed([...before, ...compiled]), { mode: 0o600, flush: true })
      renameSync(unfinished, this.path)
    } catch {
      // Nobody asked for it. A full disk is not made fuller.
      if (existsSync(unfinished)) rmSync(unfinished)
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
  const contents = Object.fromEntries(
    all.map(({ file, changedMs, code }): [string, Place] => [
      file,
      [changedMs, (end += code.length) - code.length, code.length, crc32(code)],
    ]),
  )
  const text = Buffer.from(JSON.stringify(contents))
  const head = Buffer.alloc(headBytes)
  head.writeUInt32LE(text.length, 0)
  head.writeUInt32LE(crc32(text), 4)
  return Buffer.concat([head, text, ...all.map(({ code }) => code)])
}

/** Windows knows no such owners. */
export function isOurs({ uid }: Stats): boolean {
  return process.geteuid === undefined || uid === process.geteuid()
}

/**
 * With its parent, as in ~/.cache/dbtool, and no more: Node's `recursive` never comes back from /proc. For this user
 * only.
 */
export function makeDirectory(path: string): void {
  for (const directory of [dirname(path), path]) if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 })
}
