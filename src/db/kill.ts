import { setTimeout as sleep } from 'node:timers/promises'
import { firstRow, type Queries } from './queries.ts'
import type { Limits } from './target.ts'

/** Whoever interrupts does not want to wait for a server that does not answer. */
export const killLimits: Limits = { connectTimeoutMs: 1_000, statementTimeoutMs: 1_000, lockWaitMs: 1_000 }

const waitMs = 2_000
const pollMs = 20

/**
 * Has the server end one of our connections, which rolls its transaction back, and waits until it is gone: then its outcome
 * can be looked up. Needs no privilege for connections of the same user. Never rejects.
 */
export async function killAtServer(connect: () => Promise<Queries & { close(): Promise<void> }>, threadId: number): Promise<void> {
  try {
    const other = await connect()
    // It may be gone already.
    await other.change(`KILL ${threadId}`).catch(() => undefined)
    const deadline = performance.now() + waitMs
    while ((await isThere(other, threadId)) && performance.now() < deadline) await sleep(pollMs)
    await other.close()
  } catch {
    // A server that takes no connection cannot be told.
  }
}

async function isThere(queries: Queries, threadId: number): Promise<boolean> {
  return (await firstRow(queries, 'SELECT ID FROM information_schema.PROCESSLIST WHERE ID = ?', [threadId])) !== undefined
}
