import type { Verbs } from '../kit/command.ts'
import { connectionTest } from './test.ts'

export const verbs: Verbs = { test: connectionTest }
