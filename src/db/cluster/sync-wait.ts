import { lockTimeout } from '../error-numbers.ts'
import { answersAsNode } from '../connection/server-role.ts'
import { DatabaseError } from '../failures.ts'
import type { Queries, Value } from '../queries.ts'

const known = new WeakMap<object, Promise<boolean>>()

/** Whether the server is a node of a Galera cluster. It is asked once for each pool, or for each connection without. */
export function isGaleraNode(queries: Queries & { readonly pool?: object }): Promise<boolean> {
  const asking = queries.pool ?? queries
  const asked = known.get(asking) ?? answersAsNode((sql) => queries.rows(sql))
  known.set(asking, asked)
  asked.catch(() => known.delete(asking))
  return asked
}

/**
 * The rows of a SELECT that looks something up by its key. A node of a cluster first applies everything that other
 * nodes have committed; without that, it may answer from an earlier state. A single server is asked as usual.
 */
export async function currentRows<T>(queries: Queries, sql: string, values: readonly Value[]): Promise<T[]> {
  if (!(await isGaleraNode(queries))) return queries.prepared<T>(sql, values)
  return queries.prepared<T>(`SET STATEMENT wsrep_sync_wait = 1 FOR ${sql}`, values).catch((error: unknown) => {
    throw notCaughtUp(error)
  })
}

/**
 * Runs read-only `work` on a connection to a node of a cluster, after everything that other nodes have committed until
 * now. The wait is a statement of its own, so the session stays as it is.
 */
export async function currentWork<T>(queries: Queries, work: (queries: Queries) => Promise<T>): Promise<T> {
  await queries.rows('SET STATEMENT wsrep_sync_wait = 1 FOR SELECT 1').catch((error: unknown) => {
    throw notCaughtUp(error)
  })
  return work(queries)
}

/** The wait for the cluster ends with the error of a lock wait. */
function notCaughtUp(error: unknown): unknown {
  if (!(error instanceof DatabaseError) || error.errno !== lockTimeout) return error
  const message = 'the node lags behind its cluster, or holds the row in another transaction: the wait was too long'
  return new DatabaseError('NODE_NOT_READY', message, {
    hint: 'connect to another node of the cluster, or see: dbtool cluster status',
    hintInCode: 'connect to another node of the cluster',
    errno: error.errno,
    cause: error,
  })
}
