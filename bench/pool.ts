import { openPool } from '../src/db/pool/open.ts'
import { defaultPoolOptions, type Pool, type PoolOptions } from '../src/db/pool/pool.ts'
import type { PoolMode } from '../src/db/pool/modes.ts'
import type { Target } from '../src/db/target.ts'
import { limits } from './private-server.ts'

export interface PoolAsked extends Partial<PoolOptions> {
  readonly target: Target
  /** Cuts the pool. */
  readonly signal: AbortSignal
  readonly mode?: PoolMode
}

/** A pool that is closed after `work`. */
export async function withPool<T>(
  { target, signal, mode = 'fair', ...options }: PoolAsked,
  work: (pool: Pool) => Promise<T>,
): Promise<T> {
  const pool = openPool(mode, { target, limits, options: { ...defaultPoolOptions, ...options } })
  const cut = (): void => void pool.close(0)
  signal.addEventListener('abort', cut, { once: true })
  try {
    return await work(pool)
  } finally {
    signal.removeEventListener('abort', cut)
    await pool.close()
  }
}
