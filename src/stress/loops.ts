import { setTimeout as sleep } from 'node:timers/promises'
import type { Lease, Pool } from '../db/pool/pool.ts'
import { DbtoolError } from '../errors.ts'
import type { Load, StressPlan } from './plan.ts'
import type { Recorder, Times } from './recorder.ts'
import type { Perform } from './workload.ts'

/** The work, the pool that it runs on, and the recorder of its times. */
export interface Running {
  readonly pool: Pool
  readonly work: Perform
  readonly recorder: Recorder
  readonly signal: AbortSignal
  /** The leases of the iterations that run now. */
  readonly leases: Set<Lease>
}

/** Time for iterations to end after the signal, when their statements have been cancelled. */
const endMs = 50

/** Runs a loop; after the signal, cancels what still runs and does not wait for it. */
export async function untilAborted({ signal, leases }: Running, loop: Promise<void>): Promise<void> {
  let onAbort = (): void => undefined
  const aborted = new Promise<void>((resolve) => {
    onAbort = () => {
      for (const lease of leases) void lease.cancel()
      setTimeout(resolve, endMs)
    }
  })
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  await Promise.race([loop, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}

/**
 * Runs one iteration and records its times, which count from `dueMs`, the moment when it was due. Failures are
 * recorded, but for those after the signal; the promise never rejects.
 */
export async function iterate(running: Running, worker: number, dueMs: number): Promise<void> {
  const { pool, work, recorder, signal, leases } = running
  let acquired: number | undefined
  let share = 1
  let lease: Lease | undefined
  const times = (): Times => {
    const end = performance.now()
    return { acquireMs: (acquired ?? end) - dueMs, executeMs: end - (acquired ?? end), share }
  }
  try {
    await work(pool, (hold) => {
      acquired = performance.now()
      if ('share' in hold) share = hold.share
      else {
        // It came for a run that has ended.
        if (signal.aborted) throw new DbtoolError('INTERRUPTED', 'the run has ended')
        leases.add((lease = hold))
      }
    })
    recorder.succeeded(worker, times())
  } catch (error) {
    if (!signal.aborted) recorder.failed(times(), error)
  } finally {
    if (lease !== undefined) leases.delete(lease)
  }
}

/** Each worker repeats iterations until the plan is complete or `signal` aborts. */
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

/** The resolution of timers; iterations that fall due within one tick begin at the same time. */
const tickMs = 1

/**
 * Starts iterations at a fixed rate, regardless of the earlier ones. If the server stalls, all iterations that fall due
 * in the meantime record the delay, as real users would experience it. A closed loop misses this delay ("coordinated
 * omission", Tene 2013). Resolves when all iterations have ended.
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
  const { index, of } = load.shard
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
    const iteration: Promise<void> = iterate(running, 0, due).finally(() => flight.delete(iteration))
    flight.add(iteration)
  }
  await Promise.all(flight)
}

/**
 * The time at which iteration `n` (from 0) is due, in milliseconds after the start. During the ramp-up, the rate grows
 * linearly from zero.
 */
export function schedule(perSecond: number, rampMs: number): (n: number) => number {
  const everyMs = 1_000 / perSecond
  const inRamp = rampMs / everyMs / 2
  return (n) => (n < inRamp ? Math.sqrt(2 * rampMs * everyMs * n) : rampMs / 2 + n * everyMs)
}
