import { checkMs } from '../db/pool/arguments.ts'
import type { Pool } from '../db/pool/pool.ts'
import type { Limits, Target } from '../db/target.ts'

/** The parts of a pool that other functions of the library need. */
export interface Opened {
  readonly target: Target
  readonly limits: Limits
  /** The time limit of an acquire wait, in milliseconds. */
  readonly acquireMs: number
  /** True after `close`, also while it still waits for leases. */
  readonly isClosed: () => boolean
}

const pools = new WeakMap<Pool, Opened>()

/** Remembers how a pool was opened. Its `close` checks its argument, and `await using` calls it. */
export function remember<P extends Pool>(pool: P, opened: Omit<Opened, 'isClosed'>): P & AsyncDisposable {
  let isClosed = false
  pools.set(pool, { ...opened, isClosed: () => isClosed })
  const closePool = pool.close.bind(pool)
  const close = async (graceMs?: number): Promise<void> => {
    if (graceMs !== undefined) checkMs('the time for leases to finish', graceMs)
    isClosed = true
    await closePool(graceMs)
  }
  return Object.assign(pool, { close, [Symbol.asyncDispose]: () => close() })
}

/** The fault of an argument for which {@link openedFor} is undefined. */
export const notOpened = 'the first argument must be a pool that createPool has returned'

/** Undefined for anything that is not a pool of `createPool`. */
export const openedFor = (pool: unknown): Opened | undefined =>
  typeof pool === 'object' && pool !== null ? pools.get(pool as Pool) : undefined
