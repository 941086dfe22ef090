import { lookup } from 'node:dns/promises'
import { connect, isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { timerMs, type Target } from '../../db/target.ts'
import { isNodeError } from '../../errors.ts'
import type { Attempt, Route } from '../facts.ts'
import { statOf } from './stat.ts'

/** The time limit of an operation, and a signal that ends it at once. */
export interface Deadline {
  /** Zero means no limit. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Looks up the addresses of the server. Never rejects. */
export async function findRoute({ host, socket }: Target, deadline: Deadline): Promise<Route> {
  if (socket !== undefined) return { kind: 'socket', addresses: [], ms: 0 }
  if (isIP(host) !== 0) return { kind: 'address', addresses: [host], ms: 0 }
  const addresses: string[] = []
  const attempt = await timed(deadline, async () => {
    const found = await lookup(host, { all: true })
    addresses.push(...found.map(({ address }) => address))
  })
  return { kind: 'name', addresses, ...attempt }
}

/** Opens a connection to the port or the socket and closes it without sending anything. Never rejects. */
export function probeTcp({ host, port, socket }: Target, deadline: Deadline): Promise<Attempt> {
  // Connecting to a regular file fails with ECONNREFUSED, as if no server listened on a socket.
  if (socket !== undefined && statOf(socket)?.isSocket() === false)
    return Promise.resolve({ ms: 0, failure: 'ENOTSOCK' })
  const stream = socket === undefined ? connect(port, host) : connect(socket)
  const opened = new Promise<void>((resolve, reject) => {
    stream.once('connect', resolve).once('error', reject)
  })
  return timed(deadline, () => opened).finally(() => stream.destroy())
}

/**
 * The duration of `work`, and the code of its failure: a code of Node, TIMEOUT after the limit, or ABORTED after the
 * signal. Never rejects.
 */
export async function timed({ timeoutMs, signal }: Deadline, work: () => Promise<void>): Promise<Attempt> {
  const started = performance.now()
  const ended = new AbortController()
  const cancelled = AbortSignal.any([signal, ended.signal])
  const late = sleep(timeoutMs === 0 ? timerMs(Infinity) : timerMs(timeoutMs), 'TIMEOUT', { signal: cancelled }).catch(
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
