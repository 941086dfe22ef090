import { closeSync, existsSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { cacheFolder } from '../user-folders.ts'
import { createFolder, openForAppending } from '../write-file.ts'

const hourMs = 3_600_000

/**
 * Lines that this user's later commands need for an hour, in a private file of the cache folder for each hour. Processes
 * that write at the same time lose none. A folder that cannot be written to, or was emptied, only means that nothing is
 * remembered.
 */
export class HourlyFile {
  readonly #path: string
  readonly #now: () => Date

  constructor({ env, now }: OfUser, folder: string, name: string) {
    this.#path = join(cacheFolder(env), folder, name)
    this.#now = now
  }

  /** Never throws: the command has done its work. */
  add(line: string): void {
    try {
      this.append(line)
    } catch {
      // Nothing is remembered.
    }
  }

  /** The lines of this hour and the one before, from the oldest. */
  lines(): string[] {
    return [this.fileOf(-1), this.fileOf(0)].flatMap(linesOf)
  }

  private append(line: string): void {
    const file = this.fileOf(0)
    if (!existsSync(file)) {
      createFolder(dirname(file), 0o700)
      this.removeOld()
    }
    const descriptor = openForAppending(file, 0o600)
    try {
      writeSync(descriptor, `${line}\n`)
    } finally {
      closeSync(descriptor)
    }
  }

  /** Removes the files that no command reads any more. */
  private removeOld(): void {
    const kept = [this.fileOf(-1), this.fileOf(0)].map((path) => basename(path))
    for (const name of readdirSync(dirname(this.#path)))
      if (name.startsWith(`${basename(this.#path)}-`) && !kept.includes(name))
        rmSync(join(dirname(this.#path), name), { force: true })
  }

  private fileOf(offset: number): string {
    return `${this.#path}-${Math.floor(this.#now().getTime() / hourMs) + offset}`
  }
}

export interface OfUser {
  readonly env: NodeJS.ProcessEnv
  readonly now: () => Date
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return []
  }
}
