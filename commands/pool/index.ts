import type { Verbs } from '../kit/command.ts'
import { poolCompare } from './compare.ts'
import { poolStatus } from './status.ts'
import { poolStress } from './stress.ts'
import { poolTune } from './tune.ts'

export const verbs: Verbs = {
  stress: poolStress,
  tune: poolTune,
  compare: poolCompare,
  status: poolStatus,
}
