import type { Pool } from './pool.ts'
import { withLease } from './pool.ts'
import type { Change, Queries, Value } from './queries.ts'
import { rehearsal, retried, transaction } from './transaction.ts'

/** A database as the rooms above use it: single statements, and transactions in a callback. */
export interface Database extends Queries {
  readonly pool: Pool
  /** Runs `work` in one transaction, again from its start after a deadlock. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
}

/** Every statement on any connection of the pool; every transaction on one. */
export class PooledDatabase implements Database {
  constructor(readonly pool: Pool) {}

  rows<T>(sql: string, values?: readonly Value[]): Promise<T[]> {
    return this.single((queries) => queries.rows<T>(sql, values))
  }

  change(sql: string, values?: readonly Value[]): Promise<Change> {
    return this.single((queries) => queries.change(sql, values))
  }

  prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.single((queries) => queries.prepared<T>(sql, values))
  }

  plainRows<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.single((queries) => queries.plainRows<T>(sql, values))
  }

  bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]> {
    return this.single((queries) => queries.bulk<T>(sql, rows))
  }

  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return retried(() => withLease(this.pool, (lease) => transaction(lease, work)))
  }

  protected single<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return withLease(this.pool, work)
  }
}

/** The database of `--dry-run`: transactions and single statements really run, and are rolled back. */
export class RehearsalDatabase extends PooledDatabase {
  override transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return retried(() => withLease(this.pool, (lease) => rehearsal(lease, work)))
  }

  protected override single<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.transaction(work)
  }
}
