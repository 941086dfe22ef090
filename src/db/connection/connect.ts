import type { OnTrace } from '../queries.ts'
import { defaultLimits, isOneServer, type Limits, type Target } from '../target.ts'
import type { Connection } from './connection.ts'
import { firstFit } from './first-fit.ts'
import { type ConnectOptions, killerOf, lockObserver, openConnection } from './open-connection.ts'

/**
 * Opens one connection and sets up its session. Of several hosts, it takes the first that is fit for the role of the
 * target. Rejects with a DbtoolError within `connectTimeoutMs` milliseconds.
 */
export async function connect(
  target: Target,
  limits: Limits = defaultLimits,
  { onTrace }: { readonly onTrace?: OnTrace | undefined } = {},
): Promise<Connection> {
  const sides = (server: Target): ConnectOptions => ({
    onTrace,
    locks: lockObserver(server),
    killer: killerOf(server),
  })
  if (isOneServer(target)) return (await openConnection(target, limits, sides(target))).connection
  return (await firstFit(target, limits, { sides })).connection
}
