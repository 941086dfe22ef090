import type { Verbs } from '../kit/command.ts'
import { logsList } from './list.ts'

export const verbs: Verbs = { list: logsList }
