import { setTimeout as sleep } from 'node:timers/promises'
import { iterate, type Running } from './loops.ts'
import type { StressPlan } from './plan.ts'

/** Every worker asks, executes, gives back, and asks again, until the plan is done or `signal` aborts. */
export async function closedLoop(
  running: Running,
  workers: number,
  { until, rampMs }: Pick<StressPlan, 'until' | 'rampMs'>,
): Promise<void> {
  const { signal } = running
  const end = 'durationMs' in until ? performance.now() + until.durationMs : Infinity
  const times = 'iterations' in until ? until.iterations : Infinity
  const work = async (worker: number): Promise<void> => {
    if (rampMs > 0) await sleep((rampMs * worker) / workers, undefined, { signal }).catch(() => undefined)
    for (let done = 0; done < times && performance.now() < end && !signal.aborted; done += 1)
      await iterate(running, worker, performance.now())
  }
  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))
}
