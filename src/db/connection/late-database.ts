import { DbtoolError } from '../../errors.ts'
import { currentWork, isGaleraNode } from '../cluster/sync-wait.ts'
import type { Limits, Target } from '../target.ts'
import type { Connection } from './connection.ts'
import { leftOf } from './patiently.ts'

type Open<T> = (target: Target, limits: Limits) => Promise<T>

/**
 * Opens a connection to a database that may be new. A node of a cluster applies the CREATE DATABASE of another node
 * some milliseconds later. If it does not know the database, it is asked again after everything that the cluster has
 * committed until now. Settles as `open` does, within `connectTimeoutMs` milliseconds.
 */
export async function withNewDatabase<T extends { readonly connection: Connection }>(
  open: Open<T>,
  target: Target,
  limits: Limits,
): Promise<T> {
  const deadline = performance.now() + limits.connectTimeoutMs
  try {
    return await open(target, limits)
  } catch (error) {
    if (!(error instanceof DbtoolError) || error.code !== 'UNKNOWN_DATABASE') throw error
    if (!(await hasCaughtUp(open, target, leftOf(limits, deadline)).catch(() => false))) throw error
    return open(target, leftOf(limits, deadline))
  }
}

/** Resolves to true when a node has applied everything before, and to false on any other server. */
async function hasCaughtUp<T extends { readonly connection: Connection }>(
  open: Open<T>,
  target: Target,
  limits: Limits,
): Promise<boolean> {
  const { connection } = await open({ ...target, database: undefined }, limits)
  try {
    return (await isGaleraNode(connection)) && (await currentWork(connection, () => Promise.resolve(true)))
  } finally {
    await connection.close()
  }
}
