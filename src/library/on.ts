import { PooledDatabase } from '../db/database.ts'
import { noSuchColumn, noSuchTable } from '../db/error-numbers.ts'
import { DatabaseError } from '../db/failures.ts'
import { forCaller } from '../db/for-caller.ts'
import { loadMigrations } from '../db/migrations/migration-files.ts'
import { assertSchema } from '../db/migrations/usable.ts'
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

/**
 * Runs `work` on the tables of the shop. If one of them, or a column, does not exist, rejects with the state of the
 * schema, such as MIGRATIONS_PENDING. Nothing is asked before that: `migrate` is called once, and this all the time.
 */
export function onShop<T>(on: PoolOrSession, work: () => Promise<T>): Promise<T> {
  return inCode(async () => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof DatabaseError && isMissing(error)) await assertSchema(queriesOf(on), loadMigrations())
      throw error
    }
  })
}

const isMissing = ({ errno }: DatabaseError): boolean => errno === noSuchTable || errno === noSuchColumn

/** Runs `work`. The hints of its errors are for a program, in the words of the library. */
export async function inCode<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw forCaller(error instanceof DbtoolError ? error.inCode() : error)
  }
}
