import type { PoolMode } from '../db/pool/modes.ts'
import type { Pool } from '../db/pool/pool.ts'
import { ownCpuMs } from './cpu-time.ts'
import { generator, type Generator } from './generator.ts'
import type { StressPlan } from './plan.ts'
import type { Observer } from './observer.ts'
import { type Live, Recorder, combineLive } from './recorder.ts'
import type { StressRun } from './stress-run.ts'
import { type Run, type StressResult, summarise } from './result.ts'
import type { Perform } from './workload.ts'

export interface StressTarget {
  readonly mode: PoolMode
  readonly pool: Pool
  /** The settings of the pool, for the result. */
  readonly options: { readonly size: number; readonly maxOverflow: number }
}

/**
 * Runs a load test on an open pool, in this thread. Resolves to the result. Failed iterations are counted, not thrown;
 * rejects if the pool cannot open its connections.
 */
export async function stress(
  { mode, pool, options }: StressTarget,
  work: Perform,
  plan: StressPlan,
  signal: AbortSignal,
): Promise<StressResult> {
  const { result } = await stressRun(
    [generator({ pool, size: options.size, work }, plan, signal)],
    { mode, pool: options, loop: plan.load.loop, rampMs: plan.rampMs, statements: [], hosts: [] },
    { signal },
  )
  return result
}

/** The fields of a run that its result repeats. */
export interface Shape extends Pick<Run, 'mode' | 'pool' | 'loop' | 'rampMs' | 'statements' | 'hosts'> {
  /** The duration of the load, if it has one. */
  readonly expectedMs?: number | undefined
}

interface RunHooks {
  readonly signal: AbortSignal
  readonly onLive?: ((live: Live) => void) | undefined
  readonly observer?: Observer | undefined
}

/** Runs all generators of a load at the same time, and adds up their measurements. */
export async function stressRun(
  generators: readonly Generator[],
  shape: Shape,
  { signal, onLive, observer }: RunHooks,
): Promise<StressRun> {
  await Promise.all(generators.map((shard) => shard.prepare()))
  const stopWatching = await observer?.watch(shape.expectedMs)
  const started = performance.now()
  const cpu = ownCpuMs()
  const listeners = onLive === undefined ? [] : combineLive(generators.length, onLive)
  const measurements = await Promise.all(generators.map((shard, index) => shard.run(listeners[index])))
  const clientCpu = (ownCpuMs() - cpu) / (performance.now() - started) / measurements.length
  const server = (await stopWatching?.()) ?? []
  const recorder = new Recorder(
    0,
    measurements.map(({ recording }) => recording),
  )
  const result = summarise({ ...shape, recorder, measurements, clientCpu, partial: signal.aborted })
  const distribution = {
    percentiles: curve,
    acquire_ms: recorder.acquire.at(curve),
    execute_ms: recorder.execute.at(curve),
    total_ms: recorder.total.at(curve),
  }
  return { result, over_time: recorder.series.intervals(result.seconds), server, distribution }
}

/** The percentiles of the distribution, closer to each other towards its end. */
const curve = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.5, 99.9, 100]
