import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PoolMode } from '../db/pool-mode.ts'
import type { Pool } from '../db/pool.ts'
import { closedLoop } from './closed-loop.ts'
import type { StressPlan } from './plan.ts'
import { Recorder } from './recorder.ts'
import { summarise, type StressResult } from './result.ts'

export interface StressTarget {
  readonly mode: PoolMode
  readonly pool: Pool
  /** As the pool was made, for the result. */
  readonly options: { readonly size: number; readonly maxOverflow: number }
}

const eventLoopResolutionMs = 10
const settleMs = 1_000
const settlePollMs = 5

/** Runs a load test on a warm pool and says what happened. Errors of iterations are counted, not thrown. */
export async function stress({ mode, pool, options }: StressTarget, plan: StressPlan, signal: AbortSignal): Promise<StressResult> {
  await warmUp(pool, plan, options.size, signal)
  const recorder = new Recorder(plan.workers)
  pool.restartPeaks()
  const before = pool.figures()
  const delay = monitorEventLoopDelay({ resolution: eventLoopResolutionMs })
  delay.enable()
  const started = performance.now()
  await closedLoop(pool, plan, recorder, signal)
  const seconds = (performance.now() - started) / 1_000
  delay.disable()
  if (!signal.aborted) await settled(pool)
  const late = (ns: number): number => Math.max(0, Number((ns / 1e6 - eventLoopResolutionMs).toFixed(3)))
  const eventLoop = { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) }
  return summarise({ mode, pool: options, recorder, seconds, before, after: pool.figures(), eventLoop })
}

/** A connection on which a statement failed is on its way back for a moment longer. */
async function settled(pool: Pool): Promise<void> {
  for (const end = performance.now() + settleMs; pool.figures().inUse > 0 && performance.now() < end; ) await sleep(settlePollMs)
}

/** Opens the connections that the pool keeps, then applies the load for as long as was asked. What happens here is not counted. */
async function warmUp(pool: Pool, plan: StressPlan, size: number, signal: AbortSignal): Promise<void> {
  const leases = await Promise.all(Array.from({ length: size }, () => pool.acquire()))
  for (const lease of leases) lease.release()
  if (plan.warmupMs > 0) await closedLoop(pool, { ...plan, until: { durationMs: plan.warmupMs } }, new Recorder(plan.workers), signal)
}
