import type { PoolOptions } from './pool.ts'

/** The kinds of pool. This file is separate, so that the help does not load the driver. */
export const poolModes = ['fair', 'driver', 'static', 'none'] as const
/** The pools of optional packages, for comparison: mysql2's, and tarn, the pool of Knex. */
export const foreignPools = ['mysql2', 'tarn'] as const
/** A kind of pool that needs no other package. */
export type OwnMode = (typeof poolModes)[number]
/** A pool of another package. */
export type ForeignPool = (typeof foreignPools)[number]
/** The kind of a pool. That of `createPool` is `fair`. */
export type PoolMode = OwnMode | ForeignPool

export const isForeign = (mode: PoolMode): mode is ForeignPool => foreignPools.some((name) => name === mode)

/** The pool size and overflow of a mode. `static` always has one connection, `none` keeps no connection. */
export function shapeOf(
  mode: PoolMode,
  { size, maxOverflow }: Pick<PoolOptions, 'size' | 'maxOverflow'>,
): Pick<PoolOptions, 'size' | 'maxOverflow'> {
  if (mode === 'static') return { size: 1, maxOverflow: 0 }
  return mode === 'none' ? { size: 0, maxOverflow: 0 } : { size, maxOverflow }
}
