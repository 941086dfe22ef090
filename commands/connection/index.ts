import type { Verbs } from '../declare.ts'
import { connectionTest } from './test.ts'

export const verbs: Verbs = { test: connectionTest }
