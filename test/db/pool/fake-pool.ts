import { afterEach, beforeEach, vi } from 'vitest'
import { FairPool } from '../../../src/db/pool/fair-pool.ts'
import { defaultPoolOptions, type Lease, type PoolOptions } from '../../../src/db/pool/pool.ts'
import { FakeServer } from './fake-connection.ts'

/** From here on the clock of the file is the test's: what should happen at a time happens then and not before. */
export function useTestClock(): void {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })
}

export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

/** A pool of one connection and a time-out of a second, unless `options` say otherwise. */
export function fakePool(options: Partial<PoolOptions> = {}): { pool: FairPool; server: FakeServer } {
  const server = new FakeServer()
  return {
    server,
    pool: new FairPool(server.connect, {
      ...defaultPoolOptions,
      size: 1,
      maxOverflow: 0,
      timeoutMs: 1_000,
      ...options,
    }),
  }
}

/** Acquires `count` times at once; `order` remembers who was served when. */
export function crowd(pool: FairPool, count: number, order: number[] = []): Promise<Lease>[] {
  return Array.from({ length: count }, async (_, caller) => {
    const lease = await pool.acquire()
    order.push(caller)
    return lease
  })
}
