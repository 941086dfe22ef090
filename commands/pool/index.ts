import type { Declare } from '../declare.ts'
import { poolCompare } from './compare.ts'
import { poolStatus } from './status.ts'
import { poolStress } from './stress.ts'
import { poolTune } from './tune.ts'

export const verbs: readonly Declare[] = [poolStress, poolTune, poolCompare, poolStatus]
