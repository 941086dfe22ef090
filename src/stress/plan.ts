/** What a load test asks of a pool. Times in milliseconds. */
export interface StressPlan {
  readonly sql: string
  /** How many ask at once; each starts again as soon as its last iteration ended (a closed loop). */
  readonly workers: number
  /** How long it goes on: so many iterations for each worker, or so long. */
  readonly until: { readonly iterations: number } | { readonly durationMs: number }
  /** Load before anything is counted; zero only opens the pool's connections. */
  readonly warmupMs: number
}

/** The chapter's test: 50 workers, one query of a tenth of a second each. */
export const chapterPlan: StressPlan = { sql: 'SELECT SLEEP(0.1)', workers: 50, until: { iterations: 1 }, warmupMs: 0 }
/** And its pool: 5 + 10 connections, five seconds of patience. */
export const chapterPool = { size: 5, maxOverflow: 10, timeoutMs: 5_000 } as const
