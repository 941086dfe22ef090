import type { Pool } from '../db/pool.ts'
import type { StressPlan } from './plan.ts'
import type { Recorder } from './recorder.ts'

/** Every worker asks, executes, gives back, and asks again, until the plan is done or `signal` aborts. */
export async function closedLoop(pool: Pool, plan: StressPlan, recorder: Recorder, signal: AbortSignal): Promise<void> {
  const { until } = plan
  const end = 'durationMs' in until ? performance.now() + until.durationMs : Infinity
  const times = 'iterations' in until ? until.iterations : Infinity
  const work = async (worker: number): Promise<void> => {
    for (let done = 0; done < times && performance.now() < end && !signal.aborted; done += 1) await iterate({ pool, sql: plan.sql, recorder, worker })
  }
  await Promise.all(Array.from({ length: plan.workers }, (_, worker) => work(worker)))
}

interface Iteration {
  readonly pool: Pool
  readonly sql: string
  readonly recorder: Recorder
  readonly worker: number
}

async function iterate({ pool, sql, recorder, worker }: Iteration): Promise<void> {
  const asked = performance.now()
  let lease
  try {
    lease = await pool.acquire()
  } catch (error) {
    recorder.failed(performance.now() - asked, error)
    return
  }
  const got = performance.now()
  try {
    await lease.rows(sql)
    recorder.succeeded(worker, got - asked, performance.now() - got)
  } catch (error) {
    recorder.failed(got - asked, error)
  } finally {
    lease.release()
  }
}
