import { isForeign } from '../db/pool/modes.ts'
import type { PoolParts } from '../db/pool/open.ts'
import { hostText } from '../db/target.ts'
import type { Generator } from './generator.ts'
import type { LoadJob } from './job.ts'
import type { Observer } from './observer.ts'
import type { Live } from './recorder.ts'
import { type Shard, shardSize, singleShard } from './shard.ts'
import { shardPlan, type StressPlan } from './plan.ts'
import type { StressRun } from './stress-run.ts'
import { iterateWork } from './workload.ts'

export interface LoadHooks {
  readonly signal: AbortSignal
  /** The number of threads that share the load and the pool. */
  readonly threads?: number
  readonly onLive?: (live: Live) => void
  /** A pool has moved to another of several hosts, or reads old data; the text says so. */
  readonly onMove?: (text: string) => void
  /** Watches the server during the measurement. */
  readonly observer?: Observer | undefined
}

/** No machine has use for more threads. */
export const mostThreads = 256
/** Time for iterations to end after an interrupt, before their connections are cut. */
const interruptGraceMs = 1_000

/**
 * Runs a load test on new pools, one per thread, and closes them afterwards. Resolves to the result, which is partial
 * after an interrupt. Failed iterations are counted, not thrown. Rejects if a connection cannot be opened.
 */
export async function runLoad(job: LoadJob, hooks: LoadHooks): Promise<StressRun> {
  const { signal, threads = 1, onMove } = hooks
  const { stressRun } = await import('./stress.ts')
  const { mode, pool, plan, work } = job
  const several = work.kind === 'statements' && work.statements.length > 1
  const statements = several ? work.statements.map(({ text }) => text) : []
  const { hosts = [] } = job.target
  const shape = { mode, pool, loop: plan.load.loop, rampMs: plan.rampMs, statements, hosts: hosts.map(hostText) }
  const run = (generators: readonly Generator[]): Promise<StressRun> =>
    stressRun(generators, { ...shape, expectedMs: expectedMs(plan) }, hooks)
  const moves = new Set<string>()
  // Each thread has its own pool, and all of them move.
  const once = (text: string): void => void (moves.has(text) || onMove?.(text), moves.add(text))
  if (threads === 1) return withGenerator(job, singleShard, { signal, onMove: once }, (generator) => run([generator]))
  const { withThreads } = await import('./threads.ts')
  return withThreads(job, threads, { signal, onMove: once }, run)
}

const expectedMs = ({ until }: StressPlan): number | undefined => ('durationMs' in until ? until.durationMs : undefined)

/**
 * Calls `use` with a generator for one shard, in this thread, and closes its pool afterwards. After an interrupt,
 * statements that are still running when the grace period ends are cut.
 */
export async function withGenerator<T>(
  { target, limits, mode, pool: options, work, plan }: LoadJob,
  shard: Shard,
  { signal, onMove }: Pick<LoadHooks, 'signal' | 'onMove'>,
  use: (generator: Generator) => Promise<T>,
): Promise<T> {
  const [{ failoverText, openPool }, { closing }, { generator }, { WatchedHost }] = await Promise.all([
    import('../db/pool/open.ts'),
    import('../db/pool/pool.ts'),
    import('./generator.ts'),
    import('./host-record.ts'),
  ])
  const host = new WatchedHost()
  const size = shardSize(options.size, shard)
  const iterate = await iterateWork(work, shard)
  const parts: PoolParts = {
    target,
    limits,
    options: { ...options, size, maxOverflow: shardSize(options.maxOverflow, shard) },
    onChosen: (address) => host.chosen(address),
    onFailover: (failover) => {
      host.moved(failover)
      onMove?.(failoverText(failover))
    },
    onNote: onMove,
  }
  const pool = isForeign(mode)
    ? (await import('../db/pool/foreign.ts')).openForeignPool(mode, parts)
    : openPool(mode, parts)
  const cut = (): void => void setTimeout(() => void pool.close(0), interruptGraceMs).unref()
  signal.addEventListener('abort', cut, { once: true })
  try {
    return await closing(pool, signal, () =>
      use(generator({ pool, size, work: iterate, host }, shardPlan(plan, shard), signal)),
    )
  } finally {
    signal.removeEventListener('abort', cut)
  }
}
