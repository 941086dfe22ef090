import type { PoolMode } from '../db/pool/modes.ts'
import type { PoolOptions } from '../db/pool/pool.ts'
import type { Limits, Target } from '../db/target.ts'
import type { StressPlan } from './plan.ts'
import type { Work } from './workload.ts'

/** What is put under load, and how, in plain data: threads can be told. */
export interface LoadJob {
  readonly target: Target
  readonly limits: Limits
  readonly mode: PoolMode
  readonly pool: PoolOptions
  readonly work: Work
  readonly plan: StressPlan
}
