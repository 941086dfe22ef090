import { connect, killerOf, lockObserver } from '../connection/connect.ts'
import { DirectPool } from './direct-pool.ts'
import { ConnectorPool } from './driver-pool.ts'
import { FairPool } from './fair-pool.ts'
import type { Pool, PoolOptions } from './pool.ts'
import { shapeOf, type PoolMode } from './modes.ts'
import type { OnTrace } from '../queries.ts'
import type { Limits, Target } from '../target.ts'

export interface PoolParts {
  readonly target: Target
  readonly limits: Limits
  readonly options: PoolOptions
  readonly onTrace?: OnTrace | undefined
}

/**
 * Creates a pool: `fair` is dbtool's pool and `driver` the connector's. `static` has a single connection that all
 * callers share, one after another. `none` opens a connection per use.
 */
export function openPool(mode: PoolMode, { target, limits, options, onTrace }: PoolParts): Pool {
  const connecting = { onTrace, locks: lockObserver(target), killer: killerOf(target) }
  const openConnection = (): ReturnType<typeof connect> => connect(target, limits, connecting)
  switch (mode) {
    case 'fair':
      return new FairPool(openConnection, options, target)
    case 'static':
      return new FairPool(openConnection, { ...options, ...shapeOf(mode, options) }, target)
    case 'none':
      return new DirectPool(openConnection)
    case 'driver':
      return new ConnectorPool(target, limits, options)
  }
}
