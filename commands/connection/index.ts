import type { Declare } from '../declare.ts'
import { connectionTest } from './test.ts'

export const verbs: readonly Declare[] = [connectionTest]
