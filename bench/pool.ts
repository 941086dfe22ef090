import { openPool } from '../src/db/pool/open.ts'
import { defaultPoolOptions, type Pool, type PoolOptions } from '../src/db/pool/pool.ts'
import type { OwnMode } from '../src/db/pool/modes.ts'
import type { Target } from '../src/db/target.ts'
import { limits } from './private-server.ts'

export interface PoolSettings extends Partial<PoolOptions> {
  readonly target: Target
  /** Closes the pool at once when it aborts. */
  readonly signal: AbortSignal
  readonly mode?: OwnMode
}

/** Calls `work` with a pool, and closes the pool afterwards. */
export async function withPool<T>(
  { target, signal, mode = 'fair', ...options }: PoolSettings,
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
