import type { Pool } from './pool/pool.ts'
import { withLease } from './pool/pool.ts'
import type { Change, Queries, Value } from './queries.ts'
import { persistently, type Persistence, type Work } from './retry.ts'
import { dryRun, transaction } from './transaction.ts'

/** A database as the rooms above use it: single statements, and transactions in a callback. */
export interface Database extends Queries {
  readonly pool: Pool
  /**
   * Runs `work` in one transaction, again from its start where the retry table says so. Work that finds what it did
   * before is
   * `repeatable`: it is also done again when the connection died at COMMIT.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>, kind?: Work['kind']): Promise<T>
  /** Runs `work`, which only reads, on one connection, again after a loss. */
  reading<T>(work: (queries: Queries) => Promise<T>): Promise<T>
}

/** Every statement on any connection of the pool; every transaction on one. */
export class PooledDatabase implements Database {
  constructor(
    readonly pool: Pool,
    readonly persistence: Partial<Persistence> = {},
  ) {}

  rows<T>(sql: string, values?: readonly Value[]): Promise<T[]> {
    return this.single((queries) => queries.rows<T>(sql, values))
  }

  execute(sql: string, values?: readonly Value[]): Promise<Change> {
    return this.single((queries) => queries.execute(sql, values))
  }

  prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.single((queries) => queries.prepared<T>(sql, values))
  }

  rawRows<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return this.single((queries) => queries.rawRows<T>(sql, values))
  }

  bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]> {
    return this.single((queries) => queries.bulk<T>(sql, rows))
  }

  transaction<T>(work: (queries: Queries) => Promise<T>, kind: Work['kind'] = 'transaction'): Promise<T> {
    return persistently(() => withLease(this.pool, (lease) => transaction(lease, work)), { ...this.persistence, kind })
  }

  reading<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return persistently(() => withLease(this.pool, work), { ...this.persistence, kind: 'repeatable' })
  }

  protected single<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return withLease(this.pool, work)
  }
}

/** The database of `--dry-run`: transactions and single statements really run, and are rolled back. */
export class RollbackDatabase extends PooledDatabase {
  override transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return persistently(() => withLease(this.pool, (lease) => dryRun(lease, work)), {
      ...this.persistence,
      kind: 'repeatable',
    })
  }

  protected override single<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.transaction(work)
  }
}
