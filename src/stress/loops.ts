import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from '../db/pool/pool.ts'
import type { Load, StressPlan } from './plan.ts'
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

type OpenLoad = Extract<Load, { loop: 'open' }>

/** Timers are no finer than this; what falls due in between begins together. */
const tickMs = 1

/**
 * Starts iterations when they are due, evenly, whatever has become of those before: so a server that stalls is felt by
 * all who would have
 * come meanwhile, as by real users (what a closed loop leaves out: "coordinated omission", Tene 2013). Resolves when
 * all have ended.
 */
export async function openLoop(
  running: Running,
  load: OpenLoad,
  { until, rampMs }: Pick<StressPlan, 'until' | 'rampMs'>,
): Promise<void> {
  const { recorder, signal } = running
  const dueAfterMs = schedule(load.perSecond, rampMs)
  const count = 'iterations' in until ? until.iterations : Infinity
  const lastMs = 'durationMs' in until ? until.durationMs : Infinity
  const flight = new Set<Promise<void>>()
  const started = performance.now()
  const { index, of } = load.part
  for (let next = index; next < count && !signal.aborted;) {
    const afterMs = dueAfterMs(next)
    if (afterMs >= lastMs) break
    const due = started + afterMs
    const now = performance.now()
    if (due > now) {
      await sleep(Math.max(tickMs, due - now), undefined, { signal }).catch(() => undefined)
      continue
    }
    next += of
    if (flight.size >= load.mostInFlight) {
      recorder.dropped += 1
      continue
    }
    recorder.late.record(now - due)
    const one: Promise<void> = iterate(running, 0, due).finally(() => flight.delete(one))
    flight.add(one)
  }
  await Promise.all(flight)
}

/**
 * When the n-th is due, from 0, in milliseconds after the beginning. While the load ramps up, its rate grows evenly
 * from nothing.
 */
export function schedule(perSecond: number, rampMs: number): (n: number) => number {
  const everyMs = 1_000 / perSecond
  const inRamp = rampMs / everyMs / 2
  return (n) => (n < inRamp ? Math.sqrt(2 * rampMs * everyMs * n) : rampMs / 2 + n * everyMs)
}
