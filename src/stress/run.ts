import type { Generator } from './generator.ts'
import type { LoadJob } from './job.ts'
import type { Live } from './recorder.ts'
import { type Shard, shardSize, singleShard } from './shard.ts'
import { partOf } from './plan.ts'
import type { StressRun } from './stress.ts'
import { iterateWork } from './workload.ts'

export interface LoadHooks {
  readonly signal: AbortSignal
  /** How many threads share the load, and the pool. */
  readonly threads?: number
  readonly onLive?: (live: Live) => void
}

/** More than any machine has use for. */
export const mostThreads = 256
/** After an interrupt, what an iteration may take to end by itself. */
const interruptGraceMs = 1_000

/** Puts the load on pools of its own, which live no longer than the run. */
export async function putLoad(job: LoadJob, { signal, threads = 1, onLive }: LoadHooks): Promise<StressRun> {
  const { stressRun } = await import('./stress.ts')
  const { mode, pool, plan } = job
  const run = (generators: readonly Generator[]): Promise<StressRun> =>
    stressRun(generators, { mode, pool, loop: plan.load.loop, rampMs: plan.rampMs }, signal, onLive)
  if (threads === 1) return withGenerator(job, singleShard, signal, (one) => run([one]))
  const { withThreads } = await import('./threads.ts')
  return withThreads(job, threads, signal, run)
}

/**
 * A generator of one part of the load, in this thread; its pool lives as long as `use`. After an interrupt, a statement
 * that would run on for long is cut.
 */
export async function withGenerator<T>(
  { target, limits, mode, pool: options, work, plan }: LoadJob,
  part: Shard,
  signal: AbortSignal,
  use: (generator: Generator) => Promise<T>,
): Promise<T> {
  const [{ openPool }, { closing }, { generator }] = await Promise.all([
    import('../db/pool/open.ts'),
    import('../db/pool/pool.ts'),
    import('./generator.ts'),
  ])
  const size = shardSize(options.size, part)
  const iterate = iterateWork(work, part)
  const pool = openPool(mode, {
    target,
    limits,
    options: { ...options, size, maxOverflow: shardSize(options.maxOverflow, part) },
  })
  const cut = (): void => void setTimeout(() => void pool.close(0), interruptGraceMs).unref()
  signal.addEventListener('abort', cut, { once: true })
  try {
    return await closing(pool, signal, () => use(generator({ pool, size, work: iterate }, partOf(plan, part), signal)))
  } finally {
    signal.removeEventListener('abort', cut)
  }
}
