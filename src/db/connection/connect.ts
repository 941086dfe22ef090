import type { ReadAfter } from '../cluster/own-writes.ts'
import type { OnTrace } from '../queries.ts'
import { defaultLimits, isOneServer, type Limits, type Target } from '../target.ts'
import type { Connection } from './connection.ts'
import { firstFit, readerNote } from './first-fit.ts'
import { type ConnectOptions, killerOf, lockObserver, openConnection } from './open-connection.ts'

interface ConnectHooks {
  readonly onTrace?: OnTrace | undefined
  /** A sentence about the data of a reader: they are the writer's, or old. */
  readonly onReader?: ((sentence: string) => void) | undefined
  /** The position that a reader must have reached. */
  readonly readAfter?: ReadAfter | undefined
}

/**
 * Opens one connection and sets up its session. Of several hosts, it takes the first that is fit for the role of the
 * target. Rejects with a DbtoolError within `connectTimeoutMs` milliseconds.
 */
export async function connect(
  target: Target,
  limits: Limits = defaultLimits,
  { onTrace, onReader, readAfter }: ConnectHooks = {},
): Promise<Connection> {
  const sides = (server: Target): ConnectOptions => ({
    onTrace,
    locks: lockObserver(server),
    killer: killerOf(server),
  })
  if (isOneServer(target)) return (await openConnection(target, limits, sides(target))).connection
  const found = await firstFit(target, limits, { sides, readAfter })
  const note = readerNote(target, found)
  if (note !== undefined) onReader?.(note)
  return found.connection
}
