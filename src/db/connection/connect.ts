import type { OwnWrite } from '../cluster/own-writes.ts'
import type { OnTrace } from '../queries.ts'
import { defaultLimits, isOneServer, type Limits, type Target } from '../target.ts'
import type { Connection } from './connection.ts'
import { firstFit, noteOn } from './first-fit.ts'
import {
  type ConnectOptions,
  killerOf,
  lockObserver,
  openConnection,
  type OpenedConnection,
} from './open-connection.ts'
import { patiently } from './patiently.ts'

interface ConnectHooks {
  readonly onTrace?: OnTrace | undefined
  /** A sentence about the data of the server: they are old, or the writer's in place of a reader's. */
  readonly onNote?: ((sentence: string) => void) | undefined
  /** The write that the server must have. */
  readonly ownWrite?: OwnWrite | undefined
  /** Receives a sentence before {@link patiently} retries; without it, there is one attempt. */
  readonly onWait?: ((sentence: string) => void) | undefined
  /** Ends these attempts. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens one connection and sets up its session. Of several hosts, it takes the first that is fit for the role of the
 * target. Rejects with a DbtoolError within `connectTimeoutMs` milliseconds.
 */
export async function connect(
  target: Target,
  limits: Limits = defaultLimits,
  { onTrace, onNote, ownWrite, onWait, signal }: ConnectHooks = {},
): Promise<Connection> {
  const sides = (server: Target): ConnectOptions => ({
    onTrace,
    locks: lockObserver(server),
    killer: killerOf(server),
  })
  const patience = { limits, onWait, signal }
  if (isOneServer(target)) {
    const open = (within: Limits): Promise<OpenedConnection> => openConnection(target, within, sides(target))
    return (await patiently(open, patience)).connection
  }
  const found = await patiently((within) => firstFit(target, within, { sides, ownWrite }), patience)
  const note = noteOn(target, found)
  if (note !== undefined) onNote?.(note)
  return found.connection
}
