import type { Verbs } from '../kit/command.ts'
import { serverReset } from './reset.ts'
import { serverStart } from './start.ts'
import { serverStatus } from './status.ts'
import { serverStop } from './stop.ts'

export const verbs: Verbs = {
  start: serverStart,
  stop: serverStop,
  status: serverStatus,
  reset: serverReset,
}
