import type { Declare } from '../declare.ts'
import { serverReset } from './reset.ts'
import { serverStart } from './start.ts'
import { serverStatus } from './status.ts'
import { serverStop } from './stop.ts'

export const verbs: readonly Declare[] = [serverStart, serverStop, serverStatus, serverReset]
