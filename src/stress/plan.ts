import { type Shard, shardSize } from './shard.ts'
import { builtIn } from './workload.ts'

/** The load model: it decides when iterations start. */
export type Load =
  /** Each worker starts again only after its last iteration has ended; a waiting worker sends nothing. */
  | { readonly loop: 'closed'; readonly workers: number }
  /**
   * Iterations start at a fixed rate, regardless of the earlier ones. While `mostInFlight` iterations are in flight,
   * due ones are dropped. A shard starts every `of`-th iteration, beginning with iteration `index`.
   */
  | { readonly loop: 'open'; readonly perSecond: number; readonly mostInFlight: number; readonly shard: Shard }

/** The schedule of a load test, in plain data; `Work` describes an iteration. Times in milliseconds. */
export interface StressPlan {
  readonly load: Load
  /**
   * The end of the test: a duration, or a number of iterations (per worker; in an open loop, in total). In a closed
   * loop, workers that still wait for a connection at the end run their iteration, unless they are `dropped`.
   */
  readonly until: { readonly iterations: number } | { readonly durationMs: number; readonly waiting?: 'dropped' }
  /** Duration of the load before the measurement; with zero, the pool only opens its connections. */
  readonly warmupMs: number
  /** Duration of the linear ramp-up to full load. */
  readonly rampMs: number
}

export const chapterSql = builtIn.sleep
export const chapterWorkers = 50

/** The chapter's test: 50 workers run one query of a tenth of a second each ({@link chapterSql}). */
export const chapterPlan: StressPlan = {
  load: { loop: 'closed', workers: chapterWorkers },
  until: { iterations: 1 },
  warmupMs: 0,
  rampMs: 0,
}
/** The chapter's pool: 5 + 10 connections and a time-out of five seconds. */
export const chapterPool = { size: 5, maxOverflow: 10, timeoutMs: 5_000 } as const

/** Limits the memory of this process: an open loop drops iterations beyond this number in flight. */
export const mostInFlight = 10_000

/** The plan of one shard: its share of the workers, or of the iterations that fall due. */
export function shardPlan(plan: StressPlan, shard: Shard): StressPlan {
  const { load } = plan
  return {
    ...plan,
    load:
      load.loop === 'closed'
        ? { ...load, workers: shardSize(load.workers, shard) }
        : { ...load, mostInFlight: shardSize(load.mostInFlight, shard), shard },
  }
}
