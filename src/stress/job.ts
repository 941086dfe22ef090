import type { PoolMode } from '../db/pool/modes.ts'
import type { PoolOptions } from '../db/pool/pool.ts'
import type { Limits, Target } from '../db/target.ts'
import type { StressPlan } from './plan.ts'
import type { Work } from './workload.ts'

/** A load test: target, pool, work and plan. It is plain data, so that it can be sent to threads. */
export interface LoadJob {
  readonly target: Target
  readonly limits: Limits
  readonly mode: PoolMode
  readonly pool: PoolOptions
  readonly work: Work
  readonly plan: StressPlan
}
