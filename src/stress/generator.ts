import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from '../db/pool/pool.ts'
import type { Percentiles } from './histogram.ts'
import { closedLoop, openLoop, type Running } from './loops.ts'
import type { StressPlan } from './plan.ts'
import { type Live, Recorder, type Recording, watch } from './recorder.ts'
import type { Series } from './series.ts'
import type { Iterate } from './workload.ts'

/** Puts load on a pool of its own: in this thread, or in another one. */
export interface Generator {
  /** Opens the connections that the pool keeps, and warms up. */
  prepare(): Promise<void>
  /**
   * Puts the load on it; `onLive` hears a few times a second what is going on. Errors of iterations are counted, not
   * thrown.
   */
  run(onLive?: (live: Live) => void): Promise<Measurement>
}

/** What one generator has measured, in plain data. Times in milliseconds but for `seconds`. */
export interface Measurement {
  readonly seconds: number
  readonly recording: Recording
  readonly connections: { readonly opened: number; readonly closed: number; readonly peak: number }
  readonly queuePeak: number
  /** How long connections were in use, all together, as the pool counts it. */
  readonly inUseMs: number
  /** By how much timers of its thread came late. */
  readonly eventLoop: Pick<Percentiles, 'p50' | 'p99' | 'max'>
  readonly coldStartMs: number
}

export interface Loaded {
  readonly pool: Pool
  /** Connections that the pool keeps. */
  readonly size: number
  readonly work: Iterate
}

const eventLoopResolutionMs = 10
const settleMs = 1_000
const settlePollMs = 5

/** In this thread. */
export function generator({ pool, size, work }: Loaded, plan: StressPlan, signal: AbortSignal): Generator {
  let coldStartMs = 0
  return {
    prepare: async () => {
      coldStartMs = await openAll(pool, size)
      if (plan.warmupMs > 0)
        await load(
          { pool, work, recorder: new Recorder(workersOf(plan)), signal },
          { ...plan, until: { durationMs: plan.warmupMs }, rampMs: 0 },
        )
    },
    run: async (onLive) => {
      pool.resetPeaks()
      const before = pool.stats()
      const lateness = eventLoopDelay()
      const recorder = new Recorder(workersOf(plan))
      const lookAway = lookAt(pool, recorder.series)
      const unwatch = onLive === undefined ? undefined : watch(pool, recorder, onLive)
      const started = performance.now()
      await load({ pool, work, recorder, signal }, plan)
      const seconds = (performance.now() - started) / 1_000
      unwatch?.()
      lookAway()
      const eventLoop = lateness()
      const inUseMs = pool.stats().inUseMs - before.inUseMs
      if (!signal.aborted) await settled(pool)
      const after = pool.stats()
      const connections = {
        opened: after.opened - before.opened,
        closed: after.closed - before.closed,
        peak: after.peak,
      }
      return {
        seconds,
        recording: recorder.recording(),
        connections,
        queuePeak: after.queuePeak,
        inUseMs,
        eventLoop,
        coldStartMs,
      }
    },
  }
}

const workersOf = ({ load }: StressPlan): number => (load.loop === 'closed' ? load.workers : 1)

function load(running: Running, plan: StressPlan): Promise<void> {
  return plan.load.loop === 'closed' ? closedLoop(running, plan.load.workers, plan) : openLoop(running, plan.load, plan)
}

/** Measures by how much this thread's timers come late until the returned function is called. */
function eventLoopDelay(): () => Measurement['eventLoop'] {
  const delay = monitorEventLoopDelay({ resolution: eventLoopResolutionMs })
  delay.enable()
  const late = (ns: number): number => Math.max(0, Number((ns / 1e6 - eventLoopResolutionMs).toFixed(3)))
  return () => {
    delay.disable()
    return { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) }
  }
}

/** A connection on which a statement failed is on its way back for a moment longer. */
async function settled(pool: Pool): Promise<void> {
  for (const end = performance.now() + settleMs; pool.stats().inUse > 0 && performance.now() < end;)
    await sleep(settlePollMs)
}

/** Opens the connections that the pool keeps. Resolves to how long that took, in milliseconds. */
async function openAll(pool: Pool, size: number): Promise<number> {
  const started = performance.now()
  const leases = await Promise.all(Array.from({ length: size }, () => pool.acquire()))
  for (const lease of leases) lease.release()
  return performance.now() - started
}

const everyMs = 20

/** Looks at a pool at even intervals until the returned function is called, for the pictures. */
function lookAt(pool: Pool, series: Series): () => void {
  const timer = setInterval(() => series.looked(pool.stats()), everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
