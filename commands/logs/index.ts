import type { Verbs } from '../declare.ts'
import { logsList } from './list.ts'

export const verbs: Verbs = { list: logsList }
