import type { PoolMode } from '../db/pool/modes.ts'
import type { Pool } from '../db/pool/pool.ts'
import { generator, type Generator } from './generator.ts'
import type { StressPlan } from './plan.ts'
import { type Live, Recorder, together } from './recorder.ts'
import type { StressReport } from './report.ts'
import { type Run, type StressResult, summarise } from './result.ts'
import type { Iterate } from './workload.ts'

export interface StressTarget {
  readonly mode: PoolMode
  readonly pool: Pool
  /** As the pool was made, for the result. */
  readonly options: { readonly size: number; readonly maxOverflow: number }
}

/** A run: what came out, how it went over time, and how its times are distributed. */
export type StressRun = Omit<StressReport, 'about'>

/** Puts load on a warm pool and says what happened. Errors of iterations are counted, not thrown. */
export async function stress(
  { mode, pool, options }: StressTarget,
  work: Iterate,
  plan: StressPlan,
  signal: AbortSignal,
): Promise<StressResult> {
  const { result } = await stressRun(
    [generator({ pool, size: options.size, work }, plan, signal)],
    { mode, pool: options, loop: plan.load.loop, rampMs: plan.rampMs },
    signal,
  )
  return result
}

/** What a run is called in its result. */
export type Shape = Pick<Run, 'mode' | 'pool' | 'loop' | 'rampMs'>

/** Has all generators put their parts of one load at the same time, and adds up what they measured. */
export async function stressRun(
  generators: readonly Generator[],
  shape: Shape,
  signal: AbortSignal,
  onLive?: (live: Live) => void,
): Promise<StressRun> {
  await Promise.all(generators.map((one) => one.prepare()))
  const started = performance.now()
  const cpu = process.cpuUsage()
  const ears = onLive === undefined ? [] : together(generators.length, onLive)
  const parts = await Promise.all(generators.map((one, index) => one.run(ears[index])))
  const { user, system } = process.cpuUsage(cpu)
  const clientCpu = (user + system) / 1e3 / (performance.now() - started) / parts.length
  const recorder = new Recorder(
    0,
    parts.map(({ recording }) => recording),
  )
  const result = summarise({ ...shape, recorder, parts, clientCpu, partial: signal.aborted })
  const distribution = {
    percentiles: curve,
    acquire_ms: recorder.acquire.at(curve),
    execute_ms: recorder.execute.at(curve),
    total_ms: recorder.total.at(curve),
  }
  return { result, over_time: recorder.series.stretches(result.seconds), distribution }
}

/** Where the distribution is looked at: closer towards its end. */
const curve = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.5, 99.9, 100]
