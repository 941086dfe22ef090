import { connect } from './connect.ts'
import { DirectPool } from './direct-pool.ts'
import { ConnectorPool } from './driver-pool.ts'
import { FairPool } from './fair-pool.ts'
import type { Pool, PoolOptions } from './pool.ts'
import type { OnTrace } from './queries.ts'
import type { Limits, Target } from './target.ts'

export const poolModes = ['fair', 'driver', 'static', 'none'] as const
export type PoolMode = (typeof poolModes)[number]

export interface PoolParts {
  readonly target: Target
  readonly limits: Limits
  readonly options: PoolOptions
  readonly onTrace?: OnTrace | undefined
}

/** How many connections a mode keeps and adds, whatever was asked: one for `static`, none for `none`. */
export function shapeOf(mode: PoolMode, { size, maxOverflow }: Pick<PoolOptions, 'size' | 'maxOverflow'>): Pick<PoolOptions, 'size' | 'maxOverflow'> {
  if (mode === 'static') return { size: 1, maxOverflow: 0 }
  return mode === 'none' ? { size: 0, maxOverflow: 0 } : { size, maxOverflow }
}

/** `fair` is ours, `driver` the connector's, `static` a single connection that all share in turn, `none` a connection per use. */
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
