import { createHash } from 'node:crypto'
import { closeSync, existsSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { latestOf } from '../db/cluster/gtid.ts'
import { positionOf } from '../db/cluster/own-writes.ts'
import { connect } from '../db/connection/connect.ts'
import type { OnTrace } from '../db/queries.ts'
import { hostsOf, hostText, type Limits, type Target } from '../db/target.ts'
import { cacheFolder } from '../user-folders.ts'
import { createFolder, openForAppending } from '../write-file.ts'

const hourMs = 3_600_000
const isPosition = /^\d+-\d+-\d+(?:,\d+-\d+-\d+)*$/
const unknown = '?'

/**
 * The positions of this user's writes in the last hour, in a private file for each hour, so that later commands can
 * wait for them. Each write appends a line: processes that end at the same time lose none. A folder that cannot be
 * written to, or was emptied, only means that nothing is waited for.
 */
export class OwnWrites {
  readonly #path: string
  readonly #now: () => Date

  constructor(env: NodeJS.ProcessEnv, target: Target, now: () => Date) {
    const hosts = hostsOf(target).map((host) => hostText(host).toLowerCase())
    const shop = [...hosts.toSorted(), target.database ?? ''].join('\n')
    const name = createHash('sha256').update(shop).digest('hex').slice(0, 16)
    this.#path = join(cacheFolder(env), 'own-writes', name)
    this.#now = now
  }

  /**
   * Adds the position after a write: undefined if the server could not be asked, and empty if it has none. It never
   * throws.
   */
  add(position: string | undefined): void {
    try {
      if (position !== '') this.append(position ?? unknown)
    } catch {
      // The command has done its work.
    }
  }

  /** The position after the last writes. `isKnown` is false if only the writer knows it. Never throws. */
  last(): { readonly position: string | undefined; readonly isKnown: boolean } {
    const lines = [this.fileOf(-1), this.fileOf(0)].flatMap(linesOf)
    return { position: latestOf(lines.filter((line) => isPosition.test(line))), isKnown: lines.at(-1) !== unknown }
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

function linesOf(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    return lines.filter((line) => line !== '')
  } catch {
    return []
  }
}

interface Asking {
  readonly target: Target
  readonly limits: Limits
  readonly onTrace: OnTrace | undefined
  /** The position is not known, and no writer answers. */
  readonly onSilent: () => void
}

/** The position of the last write of this user. After a write that was cut, the writer is asked for its own. */
export async function lastPosition(
  writes: OwnWrites,
  { target, limits, onTrace, onSilent }: Asking,
): Promise<string | undefined> {
  const { position, isKnown } = writes.last()
  if (isKnown) return position
  try {
    const writer = await connect({ ...target, role: 'writer' }, limits, { onTrace })
    try {
      const asked = await positionOf(writer)
      writes.add(asked ?? '')
      return asked
    } finally {
      await writer.close()
    }
  } catch {
    onSilent()
    return position
  }
}
