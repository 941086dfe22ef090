import type { Verbs } from '../kit/command.ts'
import { clusterStatusVerb } from './status.ts'

export const verbs: Verbs = { status: clusterStatusVerb }
