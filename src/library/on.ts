import { PooledDatabase } from '../db/database.ts'
import type { Pool } from '../db/pool/pool.ts'
import type { Queries, Session } from '../db/queries.ts'
import { DbtoolError } from '../errors.ts'

/** Where a function of the library works: any connection of a pool, or the one of a lease. */
export type PoolOrSession = Pool | Session

export const isPool = (on: PoolOrSession): on is Pool => 'acquire' in on

export const queriesOf = (on: PoolOrSession): Queries => (isPool(on) ? new PooledDatabase(on) : on)

/** Runs `work`. The hints of its errors are for a program, in the words of the library. */
export async function inCode<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof DbtoolError ? error.inCode() : error
  }
}
