import type { Socket } from 'node:net'
import { InSession } from '../failures.ts'
import { quoted } from '../privileges/accounts.ts'
import { type Limits, type Target, timerMs } from '../target.ts'
import type { DriverConnection } from './driver.ts'
import { reachedServer, type ReachedServer } from './server-name.ts'
import { sessionStatement } from './session.ts'

interface NewSession {
  readonly raw: DriverConnection
  readonly socket: Socket
  readonly target: Target
  readonly limits: Limits
  /** On the clock of performance.now(). */
  readonly deadline: number
}

/**
 * Sets up the session of a new connection, and asks in the same round trip which server it has reached. Resolves to the
 * name of the server, undefined if a proxy hides it: then the number in the greeting is the proxy's.
 */
export async function setUpSession({ raw, socket, target, limits, deadline }: NewSession): Promise<string | undefined> {
  // In one message: a server that closes the connection after its first answer must not find the second on its way.
  socket.cork()
  const session = raw.query(sessionStatement(limits, target))
  // A server that is not ready answers with an error.
  const reached = raw.query<ReachedServer[]>(reachedServer).catch(() => [])
  socket.uncork()
  const answers = Promise.all([session, reached]).catch((error: unknown) => {
    throw new InSession(error)
  })
  const late = (): Error => Object.assign(new Error('no answer'), { code: 'ETIMEDOUT', errno: lateErrno })
  const [, [row]] = await within(deadline === Infinity ? 0 : Math.max(1, deadline - performance.now()), answers, late)
  return row !== undefined && row.thread === raw.threadId ? row.server : undefined
}

/** Sets up a session that was reset, which keeps the database that was in use. */
export function setUpAgain(raw: DriverConnection, target: Target, limits: Limits): Promise<unknown> {
  const use = target.database === undefined ? [] : [raw.query(`USE ${quoted(target.database)}`)]
  return Promise.all([raw.query(sessionStatement(limits, target)), ...use])
}

/** The number that the connector gives to its own connect time-out. */
const lateErrno = 45012

/** Settles as `work` does, or rejects with the error of `late` after `ms` milliseconds; zero is no limit. */
export function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  if (ms === 0) return work
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), timerMs(ms))
    work.finally(() => clearTimeout(timer)).then(resolve, reject)
  })
}
