import { createHash } from 'node:crypto'
import { latestOf } from '../db/cluster/gtid.ts'
import { positionOf } from '../db/cluster/own-writes.ts'
import { connect } from '../db/connection/connect.ts'
import type { OnTrace } from '../db/queries.ts'
import { addressOf, hostsOf, hostText, type Limits, type Target } from '../db/target.ts'
import { HourlyFile, type OfUser } from './hourly-file.ts'

const isPosition = /^\d+-\d+-\d+(?:,\d+-\d+-\d+)*$/
const unknown = '?'
const none = '-'

export interface LastWrite {
  readonly position: string | undefined
  readonly server: string | undefined
  /** False if only the server knows the position. */
  readonly isKnown: boolean
}

/** The positions of this user's writes in the last hour, and their servers, so that later commands can wait for them. */
export class OwnWrites {
  readonly #file: HourlyFile

  /** The writes to one shop: a list of hosts in any order, and a database. */
  constructor(user: OfUser, target: Target) {
    const hosts = hostsOf(target).map((host) => hostText(host).toLowerCase())
    const shop = [...hosts.toSorted(), target.database ?? ''].join('\n')
    this.#file = new HourlyFile(user, 'own-writes', createHash('sha256').update(shop).digest('hex').slice(0, 16))
  }

  /**
   * Adds the position of a server (`host:port`) after a write: undefined if it could not be asked, and empty if it has
   * none. It never throws.
   */
  add(position: string | undefined, server: string): void {
    this.#file.add(`${position === '' ? none : (position ?? unknown)} ${server}`)
  }

  /** The position after the last writes, and the server of the last one. Never throws. */
  last(): LastWrite {
    const lines = this.#file.lines().map((line) => line.split(' '))
    const [last, server] = lines.at(-1) ?? []
    const positions = lines.flatMap(([position = '']) => (isPosition.test(position) ? [position] : []))
    return { position: latestOf(positions), server, isKnown: last !== unknown }
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
    const asked = await positionOf(writer).finally(() => writer.close())
    writes.add(asked ?? '', addressOf(writer.target))
    return asked
  } catch {
    onSilent()
    return position
  }
}
