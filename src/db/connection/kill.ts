import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseError, type ConnectionIdentity } from '../failures.ts'
import { firstRow, type Queries } from '../queries.ts'
import type { Limits } from '../target.ts'

/** Whoever interrupts does not want to wait for a server that does not answer. */
export const killLimits: Limits = { connectTimeoutMs: 1_000, statementTimeoutMs: 1_000, lockWaitMs: 1_000 }

const waitMs = 2_000
const pollMs = 20

/**
 * Has the server end one of our connections, which rolls its transaction back, and waits until it is gone: then its
 * outcome
 * can be looked up. Needs no privilege for connections of the same user. Never rejects.
 */
export async function killAtServer(
  connect: () => Promise<Queries & { close(): Promise<void> }>,
  threadId: number,
): Promise<void> {
  try {
    const other = await connect()
    // It may be gone already.
    await other.execute(`KILL ${threadId}`).catch(() => undefined)
    const deadline = performance.now() + waitMs
    while ((await exists(other, threadId)) && performance.now() < deadline) await sleep(pollMs)
    await other.close()
  } catch {
    // A server that takes no connection cannot be told.
  }
}

async function exists(queries: Queries, threadId: number): Promise<boolean> {
  return (
    (await firstRow(queries, 'SELECT ID FROM information_schema.PROCESSLIST WHERE ID = ?', [threadId])) !== undefined
  )
}

/**
 * Has the server end what a lost connection left running there, and waits until it is over: only then the outcome stays
 * what it
 * is when it is looked up. Rejects with OUTCOME_UNKNOWN while it goes on, or with the reason why the server cannot be
 * asked.
 */
export async function endAtServer(queries: Queries, lost: ConnectionIdentity): Promise<void> {
  if (!(await stillExists(queries, lost))) return
  // It may be gone by now.
  await queries.execute(`KILL ${lost.threadId}`).catch(() => undefined)
  const deadline = performance.now() + waitMs
  while (await stillExists(queries, lost)) {
    if (performance.now() > deadline)
      throw new DatabaseError('OUTCOME_UNKNOWN', 'the server still works for a connection that was lost', {
        hint: 'try again',
      })
    await sleep(pollMs)
  }
}

/** A server that restarted since has begun to count its connections anew: then the number is somebody else's. */
async function stillExists(queries: Queries, { threadId, openedAt }: ConnectionIdentity): Promise<boolean> {
  const ageSeconds = Math.floor((performance.now() - openedAt) / 1_000) - 1
  const question = `SELECT ID FROM information_schema.PROCESSLIST WHERE ID = ? AND ID <> CONNECTION_ID()
    AND ? <= (SELECT CAST(VARIABLE_VALUE AS INT) FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'UPTIME')`
  return (await firstRow(queries, question, [threadId, ageSeconds])) !== undefined
}
