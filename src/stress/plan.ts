import { type Shard, shardSize } from './shard.ts'
import { builtIn } from './workload.ts'

/** When iterations start. */
export type Load =
  /** Each worker starts its next one as soon as its last has ended: who waits does not ask. */
  | { readonly loop: 'closed'; readonly workers: number }
  /**
   * When they are due, whatever has become of those before; one that finds so many in flight is dropped. Of `part`,
   * only those that are its
   * own: every `of`-th, from the `index`-th on.
   */
  | { readonly loop: 'open'; readonly perSecond: number; readonly mostInFlight: number; readonly part: Shard }

/** What a load test asks of a pool, in plain data; what one iteration does is told apart. Times in milliseconds. */
export interface StressPlan {
  readonly load: Load
  /** How long it goes on: so many iterations (of each worker; of an open loop in all), or so long. */
  readonly until: { readonly iterations: number } | { readonly durationMs: number }
  /** Load before anything is counted; zero only opens the pool's connections. */
  readonly warmupMs: number
  /** How long the load takes to become whole, evenly, from its beginning on. */
  readonly rampMs: number
}

export const chapterSql = builtIn.sleep
export const chapterWorkers = 50

/** The chapter's test: 50 workers, one query of a tenth of a second each ({@link chapterSql}). */
export const chapterPlan: StressPlan = {
  load: { loop: 'closed', workers: chapterWorkers },
  until: { iterations: 1 },
  warmupMs: 0,
  rampMs: 0,
}
/** And its pool: 5 + 10 connections, five seconds of patience. */
export const chapterPool = { size: 5, maxOverflow: 10, timeoutMs: 5_000 } as const

/** An open loop stops asking before this process runs out of memory. */
export const mostInFlight = 10_000

/** What a part does of the whole: its share of the workers, or of what is due. */
export function partOf(plan: StressPlan, part: Shard): StressPlan {
  const { load } = plan
  return {
    ...plan,
    load:
      load.loop === 'closed'
        ? { ...load, workers: shardSize(load.workers, part) }
        : { ...load, mostInFlight: shardSize(load.mostInFlight, part), part },
  }
}
