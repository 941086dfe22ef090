import type { Declare } from '../declare.ts'
import { logsList } from './list.ts'

export const verbs: readonly Declare[] = [logsList]
