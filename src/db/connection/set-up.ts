import { connectTimeout } from '../error-numbers.ts'
import type { Socket } from 'node:net'
import { InSession } from '../failures.ts'
import { quoted } from '../privileges/accounts.ts'
import { type Limits, type Target, type TargetRole, timerMs } from '../target.ts'
import type { DriverConnection } from './driver.ts'
import { reachedServer, type ReachedServer } from './server-name.ts'
import { lagOf, lagQuestion, type LagRow, type RoleAnswer, roleQuestion } from './server-role.ts'
import { sessionStatement } from './session.ts'

interface NewSession {
  readonly raw: DriverConnection
  readonly socket: Socket
  readonly target: Target
  readonly limits: Limits
  /** On the clock of performance.now(). */
  readonly deadline: number
  /** The role for which the server is asked. */
  readonly role: TargetRole
}

export interface SetUpSession {
  /** The name of the server; undefined if a proxy hides it: then the number in the greeting is the proxy's. */
  readonly server: string | undefined
  readonly role: RoleAnswer | undefined
  /** The role of the account in this session; null if it has none, undefined if that is not known. */
  readonly accountRole: string | null | undefined
  /** The seconds that a replica is behind, if it was asked. */
  readonly behindSeconds: number | undefined
}

/** Sets up the session of a new connection, and asks in the same round trip for the server that it has reached. */
export async function setUpSession(session: NewSession): Promise<SetUpSession> {
  const { raw, socket, target, limits, deadline, role } = session
  // In one message: a server that closes the connection after its first answer must not find the second on its way.
  socket.cork()
  const variables = raw.query(sessionStatement(limits, target))
  // A server that is not ready answers with an error.
  const reached = raw.query<ReachedServer[]>(reachedServer).catch(() => [])
  const asked = role === 'any' ? undefined : raw.query<RoleAnswer>(roleQuestion)
  const lag = role === 'reader' ? raw.query<LagRow[]>(lagQuestion).catch(() => []) : []
  socket.uncork()
  const answers = Promise.all([variables, reached, asked, lag]).catch((error: unknown) => {
    throw new InSession(error)
  })
  const late = (): Error => Object.assign(new Error('no answer'), { code: 'ETIMEDOUT', errno: connectTimeout })
  const leftMs = deadline === Infinity ? 0 : Math.max(1, deadline - performance.now())
  const [, [row], answer, lags] = await within(leftMs, answers, late)
  const server = row !== undefined && row.thread === raw.threadId ? row.server : undefined
  return { server, role: answer, accountRole: row?.role, behindSeconds: lagOf(lags) }
}

type SessionToRestore = Pick<NewSession, 'raw' | 'target' | 'limits'> & Pick<SetUpSession, 'accountRole'>

/**
 * Sets up a session that was reset, which keeps the database that was in use, and the role. Rejects if the role is
 * another one than at first: `SET ROLE DEFAULT` is not known to MariaDB.
 */
export async function setUpAgain({ raw, target, limits, accountRole }: SessionToRestore): Promise<void> {
  const [[row]] = await Promise.all([
    raw.query<{ role: string | null }[]>('SELECT CURRENT_ROLE() AS role'),
    raw.query(sessionStatement(limits, target)),
    target.database === undefined ? undefined : raw.query(`USE ${quoted(target.database)}`),
  ])
  if (row === undefined || row.role !== accountRole) throw new Error('the role cannot be restored')
}

/** Settles as `work` does, or rejects with the error of `late` after `ms` milliseconds; zero is no limit. */
export function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  if (ms === 0) return work
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), timerMs(ms))
    work.finally(() => clearTimeout(timer)).then(resolve, reject)
  })
}
