import type { Declare } from '../declare.ts'
import { reportVerbs } from './report.ts'

export const verbs: readonly Declare[] = [reportVerbs]
