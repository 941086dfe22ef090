import type { Verbs } from '../kit/command.ts'
import { logsList } from './list.ts'
import { logsPurge } from './purge.ts'

export const verbs: Verbs = { list: logsList, purge: logsPurge }
