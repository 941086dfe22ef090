import { PooledDatabase } from '../db/database.ts'
import type { Pool } from '../db/pool/pool.ts'
import type { Queries } from '../db/queries.ts'
import { DbtoolError } from '../errors.ts'

/** Where a function of the library works: any connection of a pool, or that of a lease or of a transaction. */
export type PoolOrSession = Pool | (Queries & { readonly inTransaction?: boolean })

export function isPool(on: PoolOrSession): on is Pool {
  const given: unknown = on
  if (typeof given === 'object' && given !== null) {
    if ('acquire' in given) return true
    if ('rows' in given) return false
  }
  throw new DbtoolError('BAD_INPUT', 'the first argument must be a pool, a lease or a transaction')
}

export const queriesOf = (on: PoolOrSession): Queries => (isPool(on) ? new PooledDatabase(on) : on)

/** Runs `work`. The hints of its errors are for a program, in the words of the library. */
export async function inCode<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof DbtoolError ? error.inCode() : error
  }
}
