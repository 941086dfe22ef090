import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseError, type ConnectionIdentity } from '../failures.ts'
import { firstRow, type Queries } from '../queries.ts'
import type { Limits } from '../target.ts'

/** Short limits for a connection beside another one: nobody wants to wait for a server that does not answer. */
export const sideLimits: Limits = { connectTimeoutMs: 1_000, statementTimeoutMs: 1_000, lockWaitMs: 1_000 }

const waitMs = 2_000
const pollMs = 20

/**
 * Kills one of dbtool's connections at the server, which rolls back its transaction. Resolves when it has ended, so
 * that its outcome can be looked up, or after two seconds. Needs no privilege for connections of the same user. Never
 * rejects.
 */
export async function killAtServer(
  connect: () => Promise<Queries & { close(): Promise<void> }>,
  threadId: number,
): Promise<void> {
  try {
    const other = await connect()
    // The connection may have ended already.
    await other.execute(`KILL ${threadId}`).catch(() => undefined)
    const deadline = performance.now() + waitMs
    while ((await exists(other, threadId)) && performance.now() < deadline) await sleep(pollMs)
    await other.close()
  } catch {
    // Without a connection to the server, nothing can be killed.
  }
}

async function exists(queries: Queries, threadId: number): Promise<boolean> {
  return (
    (await firstRow(queries, 'SELECT ID FROM information_schema.PROCESSLIST WHERE ID = ?', [threadId])) !== undefined
  )
}

/**
 * After losing a connection, kills its statement at the server before a retry: otherwise the first attempt could still
 * commit. Resolves when the connection has ended; only then is the outcome final. Rejects with OUTCOME_UNKNOWN if it is
 * still running after two seconds, or with the reason why the server cannot be queried.
 */
export async function killLostStatement(queries: Queries, lost: ConnectionIdentity): Promise<void> {
  if (!(await stillExists(queries, lost))) return
  // The connection may have ended by now.
  await queries.execute(`KILL ${lost.threadId}`).catch(() => undefined)
  const deadline = performance.now() + waitMs
  while (await stillExists(queries, lost)) {
    if (performance.now() > deadline)
      throw new DatabaseError('OUTCOME_UNKNOWN', 'the server is still running a statement of a lost connection', {
        hint: 'try again',
      })
    await sleep(pollMs)
  }
}

/**
 * Ignores the number if the server has restarted since the connection was opened. A restarted server numbers its
 * connections from the beginning, so that the number may belong to another one.
 */
async function stillExists(queries: Queries, { threadId, openedAt }: ConnectionIdentity): Promise<boolean> {
  const ageSeconds = Math.floor((performance.now() - openedAt) / 1_000) - 1
  const question = `SELECT ID FROM information_schema.PROCESSLIST WHERE ID = ? AND ID <> CONNECTION_ID()
    AND ? <= (SELECT CAST(VARIABLE_VALUE AS INT) FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'UPTIME')`
  return (await firstRow(queries, question, [threadId, ageSeconds])) !== undefined
}
