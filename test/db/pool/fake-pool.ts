import { afterEach, beforeEach, vi } from 'vitest'
import { FairPool } from '../../../src/db/pool/fair-pool.ts'
import { defaultPoolOptions, type Lease, type PoolOptions } from '../../../src/db/pool/pool.ts'
import { FakeServer } from './fake-connection.ts'

/** Uses fake timers in this file, so that events happen exactly at their time. */
export function useTestClock(): void {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })
}

export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

/** A pool with one connection and a time-out of one second by default. */
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

/** Acquires `count` times at once; `order` records the sequence in which the callers are served. */
export function crowd(pool: FairPool, count: number, order: number[] = []): Promise<Lease>[] {
  return Array.from({ length: count }, async (_, caller) => {
    const lease = await pool.acquire()
    order.push(caller)
    return lease
  })
}
