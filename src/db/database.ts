import { currentWork, isGaleraNode } from './cluster/sync-wait.ts'
import type { OnCells } from '../cells.ts'
import type { Pool } from './pool/pool.ts'
import { withLease } from './pool/pool.ts'
import type { Change, Queries, OnRows, Value } from './queries.ts'
import { defaultPatienceMs, withRetries, type RetryOptions, type Work } from './retry.ts'
import { dryRun, transaction } from './transaction.ts'

/** The database interface of the other folders: single statements, and transactions in a callback. */
export interface Database extends Queries {
  readonly pool: Pool
  /**
   * Runs `work` in one transaction, and retries it from its start as the retry table says. Work that recognises its own
   * earlier result is `repeatable`: it is also retried after the connection died at COMMIT.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>, kind?: Work['kind']): Promise<T>
  /** Runs read-only `work` on one connection, and retries it if the connection is lost. */
  reading<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** `reading` for lookups by a key: a node of a cluster first applies everything that other nodes have committed. */
  lookup<T>(work: (queries: Queries) => Promise<T>): Promise<T>
}

/** Runs each statement on any connection of the pool, and each transaction on a single one. */
export class PooledDatabase implements Database {
  readonly retryOptions: RetryOptions

  constructor(
    readonly pool: Pool,
    retryOptions: RetryOptions = {},
  ) {
    const lostBefore = (): boolean => performance.now() - (pool.lostAt ?? -Infinity) < defaultPatienceMs
    this.retryOptions = { lostBefore, ...retryOptions }
  }

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

  each<T>(sql: string, values: readonly Value[], onRows: OnRows<T>): Promise<void> {
    return withLease(this.pool, (lease) => lease.each(sql, values, onRows))
  }

  eachCells(sql: string, values: readonly Value[], onCells: OnCells): Promise<boolean> {
    return withLease(this.pool, (lease) => lease.eachCells(sql, values, onCells))
  }

  bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]> {
    return this.single((queries) => queries.bulk<T>(sql, rows))
  }

  transaction<T>(work: (queries: Queries) => Promise<T>, kind: Work['kind'] = 'transaction'): Promise<T> {
    return withRetries(() => withLease(this.pool, (lease) => transaction(lease, work)), { ...this.retryOptions, kind })
  }

  reading<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return withRetries(() => withLease(this.pool, work), { ...this.retryOptions, kind: 'repeatable' })
  }

  lookup<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const current = async (): Promise<T> => {
      const isNode = await isGaleraNode(this)
      return withLease(this.pool, (lease) => (isNode ? currentWork(lease, work) : work(lease)))
    }
    return withRetries(current, { ...this.retryOptions, kind: 'repeatable' })
  }

  protected single<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return withLease(this.pool, work)
  }
}

/** Calls `onConnected` before each statement, when it has its connection. If that throws, nothing is sent. */
export class ObservedDatabase extends PooledDatabase {
  constructor(
    pool: Pool,
    private readonly onConnected: () => void,
  ) {
    super(pool)
  }

  protected override single<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return super.single((queries) => {
      this.onConnected()
      return work(queries)
    })
  }
}

/** The database of `--dry-run`: runs transactions and single statements, then rolls each of them back. */
export class RollbackDatabase extends PooledDatabase {
  override transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return withRetries(() => withLease(this.pool, (lease) => dryRun(lease, work)), {
      ...this.retryOptions,
      kind: 'repeatable',
    })
  }

  protected override single<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.transaction(work)
  }
}
