import { connect } from '../connection/connect.ts'
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
 * `fair` is ours, `driver` the connector's, `static` a single connection that all share in turn, `none` a connection
 * per use.
 */
export function openPool(mode: PoolMode, { target, limits, options, onTrace }: PoolParts): Pool {
  const connectOne = (): ReturnType<typeof connect> => connect(target, limits, onTrace)
  switch (mode) {
    case 'fair':
      return new FairPool(connectOne, options)
    case 'static':
      return new FairPool(connectOne, { ...options, ...shapeOf(mode, options) })
    case 'none':
      return new DirectPool(connectOne)
    case 'driver':
      return new ConnectorPool(target, limits, options)
  }
}
