import { lookup } from 'node:dns/promises'
import { connect, isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { timerMs, type Target } from '../../db/target.ts'
import { isNodeError } from '../../errors.ts'
import type { Attempt, Route } from '../facts.ts'
import { statOf } from './stat.ts'

/** How long something may take; an abort ends it at once. */
export interface Patience {
  /** Zero: for ever. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** The addresses of the server. Never rejects. */
export async function findRoute({ host, socket }: Target, patience: Patience): Promise<Route> {
  if (socket !== undefined) return { kind: 'socket', addresses: [], ms: 0 }
  if (isIP(host) !== 0) return { kind: 'address', addresses: [host], ms: 0 }
  const addresses: string[] = []
  const attempt = await timed(patience, async () => {
    const found = await lookup(host, { all: true })
    addresses.push(...found.map(({ address }) => address))
  })
  return { kind: 'name', addresses, ...attempt }
}

/** Opens a connection and closes it without a word. Never rejects. */
export function probeTcp({ host, port, socket }: Target, patience: Patience): Promise<Attempt> {
  // Connecting to an ordinary file is refused as if nobody listened.
  if (socket !== undefined && statOf(socket)?.isSocket() === false)
    return Promise.resolve({ ms: 0, failure: 'ENOTSOCK' })
  const stream = socket === undefined ? connect(port, host) : connect(socket)
  const opened = new Promise<void>((resolve, reject) => {
    stream.once('connect', resolve).once('error', reject)
  })
  return timed(patience, () => opened).finally(() => stream.destroy())
}

/** How long `work` took and with which code it failed: TIMEOUT and ABORTED are ours. Never rejects. */
export async function timed({ timeoutMs, signal }: Patience, work: () => Promise<void>): Promise<Attempt> {
  const started = performance.now()
  const ended = new AbortController()
  const given = AbortSignal.any([signal, ended.signal])
  const late = sleep(timeoutMs === 0 ? timerMs(Infinity) : timerMs(timeoutMs), 'TIMEOUT', { signal: given }).catch(
    () => 'ABORTED',
  )
  const done = work().then(
    () => undefined,
    (error: unknown) => (isNodeError(error) ? (error.code ?? error.message) : String(error)),
  )
  const failure = await Promise.race([done, late])
  ended.abort()
  return { ms: performance.now() - started, failure }
}
