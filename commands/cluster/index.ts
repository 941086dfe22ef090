import type { Verbs } from '../kit/command.ts'
import { clusterCheck } from './check.ts'
import { clusterFailover } from './failover.ts'
import { clusterStatusVerb } from './status.ts'

export const verbs: Verbs = { status: clusterStatusVerb, check: clusterCheck, failover: clusterFailover }
