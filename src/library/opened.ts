import type { Pool } from '../db/pool/pool.ts'
import type { Limits, Target } from '../db/target.ts'

/** The parts of a pool that other functions of the library need. */
export interface Opened {
  readonly target: Target
  readonly limits: Limits
  /** The time limit of an acquire wait, in milliseconds. */
  readonly acquireMs: number
}

const pools = new WeakMap<Pool, Opened>()

export function remember<P extends Pool>(pool: P, opened: Opened): P {
  pools.set(pool, opened)
  return pool
}

/** Undefined for anything that is not a pool of `createPool`. */
export const openedFor = (pool: unknown): Opened | undefined =>
  typeof pool === 'object' && pool !== null ? pools.get(pool as Pool) : undefined
