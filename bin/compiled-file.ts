import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Compiled {
  readonly file: string
  /** When the file itself was last changed; the time of its content may have been set by the author of a package. */
  readonly changedMs: number
  /** What V8 made of it. */
  readonly code: Buffer
}

/** Of a file's code: after the contents. */
type Place = readonly [changedMs: number, at: number, bytes: number]

/** Compiled code in one file: four bytes for the length of the contents, these as JSON, and the code. Never fails: without it a start only takes longer. */
export class CompiledFile {
  #fd: number | undefined
  #contents: Readonly<Record<string, Place>> = {}
  #codeAt = 0

  constructor(readonly path: string) {
    try {
      this.#fd = openSync(path, 'r')
      // What somebody else has put there is not run.
      if (process.geteuid !== undefined && fstatSync(this.#fd).uid !== process.geteuid()) return
      const bytes = this.read(0, lengthBytes).readUInt32LE()
      this.#contents = JSON.parse(this.read(lengthBytes, bytes).toString()) as Record<string, Place>
      this.#codeAt = lengthBytes + bytes
    } catch {
      // Nothing was kept yet.
    }
  }

  codeOf(file: string, changedMs: number): Buffer | undefined {
    const [kept, at, bytes] = this.#contents[file] ?? []
    return kept === changedMs && at !== undefined && bytes !== undefined ? this.read(this.#codeAt + at, bytes) : undefined
  }

  /** Replaces the file by one that has these too, without what is not there any more. */
  add(compiled: readonly Compiled[]): void {
    try {
      const before = Object.entries(this.#contents).flatMap(([file, [changedMs]]) => {
        const code = statSync(file, { throwIfNoEntry: false })?.ctimeMs === changedMs ? this.codeOf(file, changedMs) : undefined
        return code === undefined || compiled.some((one) => one.file === file) ? [] : [{ file, changedMs, code }]
      })
      if (this.#fd !== undefined) closeSync(this.#fd)
      makeDirectory(dirname(this.path))
      const unfinished = `${this.path}.${process.pid}`
      // V8 looks at the length of what it gets, not at its bytes, and dies of wrong ones: so nobody ever sees a half, not even after a loss of power.
      writeFileSync(unfinished, packed([...before, ...compiled]), { mode: 0o600, flush: true })
      renameSync(unfinished, this.path)
    } catch {
      // Nobody asked for it.
    }
  }

  private read(at: number, bytes: number): Buffer {
    const buffer = Buffer.allocUnsafe(bytes)
    return this.#fd === undefined ? buffer.subarray(0, 0) : buffer.subarray(0, readSync(this.#fd, buffer, 0, bytes, at))
  }
}

const lengthBytes = 4

/** With its parent, as in ~/.cache/dbtool, and no more: Node's `recursive` never comes back from /proc. For this user only. */
export function makeDirectory(path: string): void {
  for (const directory of [dirname(path), path]) if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 })
}

function packed(all: readonly Compiled[]): Buffer {
  let end = 0
  const contents = Object.fromEntries(all.map(({ file, changedMs, code }): [string, Place] => [file, [changedMs, (end += code.length) - code.length, code.length]]))
  const text = Buffer.from(JSON.stringify(contents))
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt32LE(text.length)
  return Buffer.concat([length, text, ...all.map(({ code }) => code)])
}
