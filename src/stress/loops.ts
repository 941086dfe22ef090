import type { Pool } from '../db/pool/pool.ts'
import type { Recorder } from './recorder.ts'
import type { Iterate } from './workload.ts'

/** What runs under load. */
export interface Running {
  readonly pool: Pool
  readonly work: Iterate
  readonly recorder: Recorder
  readonly signal: AbortSignal
}

/**
 * Asks for a connection, uses it and gives it back. Its times count from `dueMs` on, when it should have begun. Never
 * rejects.
 */
export async function iterate({ pool, work, recorder }: Running, worker: number, dueMs: number): Promise<void> {
  let lease
  try {
    lease = await pool.acquire()
  } catch (error) {
    recorder.failed(performance.now() - dueMs, 0, error)
    return
  }
  const got = performance.now()
  try {
    await work(lease)
    recorder.succeeded(worker, got - dueMs, performance.now() - got)
  } catch (error) {
    recorder.failed(got - dueMs, performance.now() - got, error)
  } finally {
    lease.release()
  }
}
