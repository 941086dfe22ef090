import { setMaxListeners } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from '../db/pool/pool.ts'
import type { Percentiles } from './histogram.ts'
import type { WatchedHost } from './host-record.ts'
import { closedLoop, openLoop, type Running, untilAborted } from './loops.ts'
import type { StressPlan } from './plan.ts'
import { type Live, Recorder, type Recording, watch } from './recorder.ts'
import type { Series } from './series.ts'
import type { Perform } from './workload.ts'

/** Generates load on its own pool, in this thread or in another one. */
export interface Generator {
  /** Opens `size` connections, then runs the warm-up. */
  prepare(): Promise<void>
  /**
   * Generates the load and resolves to the measurement. `onLive` receives the current state four times per second.
   * Failed iterations are counted; they do not reject the promise.
   */
  run(onLive?: (live: Live) => void): Promise<Measurement>
}

/** The measurement of one generator, in plain data. All times are in milliseconds, except `seconds`. */
export interface Measurement {
  readonly seconds: number
  readonly recording: Recording
  readonly connections: { readonly opened: number; readonly closed: number; readonly peak: number }
  readonly queuePeak: number
  /** The time for which connections were in use, summed over all connections, as the pool counts it. */
  readonly inUseMs: number
  /** The delay of timers in its thread. */
  readonly eventLoop: Pick<Percentiles, 'p50' | 'p99' | 'max'>
  readonly coldStartMs: number
}

export interface PoolUnderLoad {
  readonly pool: Pool
  /** The number of connections that stay open. */
  readonly size: number
  readonly work: Perform
  /** The host of the pool, if there are several. */
  readonly host?: WatchedHost | undefined
}

const eventLoopResolutionMs = 10
const releaseTimeoutMs = 1_000
const releasePollMs = 5

/** A generator in this thread. */
export function generator({ pool, size, work, host }: PoolUnderLoad, plan: StressPlan, signal: AbortSignal): Generator {
  let coldStartMs = 0
  return {
    prepare: async () => {
      coldStartMs = await openAll(pool, size, signal)
      if (plan.warmupMs > 0)
        await load(
          { pool, work, recorder: new Recorder(workersOf(plan)), signal, leases: new Set() },
          { ...plan, until: { ...untilOf(plan), durationMs: plan.warmupMs }, rampMs: 0 },
        )
    },
    run: async (onLive) => {
      pool.resetPeaks()
      const before = pool.stats()
      const lateness = eventLoopDelay()
      const recorder = new Recorder(workersOf(plan))
      host?.recordIn(recorder.hosts)
      const stopSampling = samplePool(pool, recorder.series)
      const unwatch = onLive === undefined ? undefined : watch(pool, recorder, onLive)
      const started = performance.now()
      await load({ pool, work, recorder, signal, leases: new Set() }, plan)
      const seconds = (performance.now() - started) / 1_000
      unwatch?.()
      stopSampling()
      const eventLoop = lateness()
      const inUseMs = pool.stats().inUseMs - before.inUseMs
      if (!signal.aborted) await waitForReleases(pool)
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

/** The rule for the end of the warm-up, which is that of the measurement. */
const untilOf = ({ until }: StressPlan): { waiting?: 'dropped' } =>
  'waiting' in until ? { waiting: until.waiting } : {}

const workersOf = ({ load }: StressPlan): number => (load.loop === 'closed' ? load.workers : 1)

function load(running: Running, plan: StressPlan): Promise<void> {
  const { load: how } = plan
  const loop = how.loop === 'closed' ? closedLoop(running, how.workers, plan) : openLoop(running, how, plan)
  return untilAborted(running, loop)
}

/** Measures the delay of this thread's timers until the returned function is called. */
function eventLoopDelay(): () => Measurement['eventLoop'] {
  const delay = monitorEventLoopDelay({ resolution: eventLoopResolutionMs })
  delay.enable()
  const late = (ns: number): number => Math.max(0, Number((ns / 1e6 - eventLoopResolutionMs).toFixed(3)))
  return () => {
    delay.disable()
    return { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) }
  }
}

/** Waits until no connection is in use: after a failed statement, the release takes a moment longer. */
async function waitForReleases(pool: Pool): Promise<void> {
  for (const end = performance.now() + releaseTimeoutMs; pool.stats().inUse > 0 && performance.now() < end;)
    await sleep(releasePollMs)
}

/** Opens `size` connections. Resolves to the elapsed time in milliseconds. */
async function openAll(pool: Pool, size: number, signal: AbortSignal): Promise<number> {
  const started = performance.now()
  // Each acquire listens.
  setMaxListeners(0, signal)
  const acquired = await Promise.allSettled(Array.from({ length: size }, () => pool.acquire({ signal })))
  for (const result of acquired) if (result.status === 'fulfilled') result.value.release()
  for (const result of acquired) if (result.status === 'rejected') throw result.reason
  return performance.now() - started
}

const everyMs = 20

/** Samples the pool at a fixed interval until the returned function is called; the charts show the samples. */
function samplePool(pool: Pool, series: Series): () => void {
  const timer = setInterval(() => series.sample(pool.stats()), everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
