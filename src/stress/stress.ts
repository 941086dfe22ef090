import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PoolMode } from '../db/pool-mode.ts'
import type { Pool } from '../db/pool.ts'
import { closedLoop } from './closed-loop.ts'
import { lookAt } from './gauges.ts'
import type { Running } from './iteration.ts'
import { watch, type Live } from './live.ts'
import { openLoop } from './open-loop.ts'
import type { StressPlan } from './plan.ts'
import { Recorder } from './recorder.ts'
import type { StressReport } from './report.ts'
import { summarise, type StressResult } from './result.ts'
import { judge } from './validity.ts'

export interface StressTarget {
  readonly mode: PoolMode
  readonly pool: Pool
  /** As the pool was made, for the result. */
  readonly options: { readonly size: number; readonly maxOverflow: number }
}

const eventLoopResolutionMs = 10
const settleMs = 1_000
const settlePollMs = 5

/** A run: what came out, how it went over time, and how its times are distributed. */
export type StressRun = Omit<StressReport, 'about'>

/** Runs a load test on a warm pool and says what happened. Errors of iterations are counted, not thrown. */
export async function stress(target: StressTarget, plan: StressPlan, signal: AbortSignal): Promise<StressResult> {
  return (await stressRun(target, plan, signal)).result
}

/** As {@link stress}, with what is needed to draw it; `onLive` hears a few times a second what is going on. */
export async function stressRun({ mode, pool, options }: StressTarget, plan: StressPlan, signal: AbortSignal, onLive?: (live: Live) => void): Promise<StressRun> {
  const coldStartMs = await openAll(pool, options.size)
  const { workload } = plan
  if (plan.warmupMs > 0) await load({ pool, workload, recorder: new Recorder(workersOf(plan)), signal }, { ...plan, until: { durationMs: plan.warmupMs }, rampMs: 0 })
  pool.restartPeaks()
  const before = pool.figures()
  const delay = monitorEventLoopDelay({ resolution: eventLoopResolutionMs })
  delay.enable()
  const cpu = process.cpuUsage()
  const recorder = new Recorder(workersOf(plan))
  const lookAway = lookAt(pool, recorder.series)
  const unwatch = onLive === undefined ? undefined : watch(pool, recorder, onLive)
  const started = performance.now()
  await load({ pool, workload, recorder, signal }, plan)
  unwatch?.()
  const seconds = (performance.now() - started) / 1_000
  const halves = recorder.series.halves()
  const { user, system } = process.cpuUsage(cpu)
  lookAway()
  delay.disable()
  if (!signal.aborted) await settled(pool)
  const late = (ns: number): number => Math.max(0, Number((ns / 1e6 - eventLoopResolutionMs).toFixed(3)))
  const eventLoop = { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) }
  const validity = judge({
    loop: plan.load.loop, seconds, iterations: recorder.acquire.count, inUse: recorder.series.inUse(), inUseMs: recorder.inUseMs, eventLoopP99Ms: eventLoop.p99,
    clientCpu: (user + system) / 1e6 / seconds, halves, lateP99Ms: recorder.late.percentile(0.99), dropped: recorder.dropped,
  })
  const result = summarise({ mode, pool: options, loop: plan.load.loop, recorder, seconds, before, after: pool.figures(), eventLoop, coldStartMs, validity, partial: signal.aborted })
  const distribution = { percentiles: curve, acquire_ms: recorder.acquire.at(curve), execute_ms: recorder.execute.at(curve), total_ms: recorder.total.at(curve) }
  return { result, over_time: recorder.series.stretches(seconds), distribution }
}

/** Where the distribution is looked at: closer towards its end. */
const curve = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.5, 99.9, 100]

const workersOf = ({ load }: StressPlan): number => (load.loop === 'closed' ? load.workers : 1)

function load(running: Running, plan: StressPlan): Promise<void> {
  return plan.load.loop === 'closed' ? closedLoop(running, plan.load.workers, plan) : openLoop(running, plan.load, plan)
}

/** A connection on which a statement failed is on its way back for a moment longer. */
async function settled(pool: Pool): Promise<void> {
  for (const end = performance.now() + settleMs; pool.figures().inUse > 0 && performance.now() < end; ) await sleep(settlePollMs)
}

/** Opens the connections that the pool keeps. Resolves to how long that took, in milliseconds. */
async function openAll(pool: Pool, size: number): Promise<number> {
  const started = performance.now()
  const leases = await Promise.all(Array.from({ length: size }, () => pool.acquire()))
  for (const lease of leases) lease.release()
  return performance.now() - started
}
