import type { ServerInterval } from './observer.ts'
import type { StressResult } from './result.ts'
import type { Interval } from './series.ts'

/** The result of a run, its course over time, and the distribution of its times. */
export interface StressRun<R extends StressResult = StressResult> {
  readonly result: R
  readonly over_time: readonly Interval[]
  /** The server during the run; empty if nobody watched it. */
  readonly server: readonly ServerInterval[]
  readonly distribution: Distribution
}

/** The distribution of times: one value in milliseconds for each of the percentiles. */
export interface Distribution {
  readonly percentiles: readonly number[]
  readonly acquire_ms: readonly (number | null)[]
  readonly execute_ms: readonly (number | null)[]
  readonly total_ms: readonly (number | null)[]
}
