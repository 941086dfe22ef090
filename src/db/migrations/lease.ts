import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { noSuchTable } from '../error-numbers.ts'
import { DbtoolError } from '../../errors.ts'
import { DatabaseError } from '../failures.ts'
import { firstRow, type Change, type Queries, type Value } from '../queries.ts'

/** The length of a lease. Its holder renews it three times during that time. */
export const leaseSeconds = 15

/** The process that migrates a database now. */
export interface Migrating {
  /** The process, or the connection of one. */
  readonly who: string
  /** In UTC; undefined where only the server's named lock is known. */
  readonly since?: string | undefined
}

/** The hints for a caller that waited too long for another process. */
export const waitHints = {
  hint: 'wait until it has finished, then run: dbtool db status',
  hintInCode: 'wait until it has finished, then call migrate(pool) again',
} as const

/** Runs `work` on a connection of its own. */
export type OpenSession = <T>(work: (session: Queries) => Promise<T>) => Promise<T>

export interface LeaseOptions {
  /** Opens the connection that renews the lease during a long statement. */
  readonly open: OpenSession
  readonly onWait: (migrating: Migrating) => void
  /** The longest wait for another process, in milliseconds. */
  readonly waitMs: number
  readonly leaseMs: number
}

/** The migrations of a cluster have one holder. `end` is the end of its lease, and changes with each renewal. */
interface Row {
  readonly owner: string
  readonly who: string
  readonly since: string
  readonly end: string
}

const table = `CREATE TABLE IF NOT EXISTS schema_migrations_lease (
  name VARCHAR(20) NOT NULL PRIMARY KEY,
  owner CHAR(36) NOT NULL,
  process VARCHAR(300) NOT NULL,
  node VARCHAR(300) NOT NULL,
  started_at DATETIME(3) NOT NULL,
  ends_at DATETIME(3) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin`

const pollMs = 250
const readRow = `SELECT owner, CONCAT(process, ' on node ', node) AS who,
    DATE_FORMAT(started_at, '%Y-%m-%dT%H:%i:%sZ') AS since, CAST(ends_at AS CHAR) AS end
  FROM schema_migrations_lease WHERE name = 'migrations'`
const end = 'UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND'
const insert = `INSERT INTO schema_migrations_lease (name, owner, process, node, started_at, ends_at)
  VALUES ('migrations', ?, ?, @@wsrep_node_name, UTC_TIMESTAMP(3), ${end})`
const takeOver = `UPDATE schema_migrations_lease
  SET owner = ?, process = ?, node = @@wsrep_node_name, started_at = UTC_TIMESTAMP(3), ends_at = ${end}
  WHERE name = 'migrations' AND owner = ? AND ends_at = ?`
const renew = `UPDATE schema_migrations_lease SET ends_at = ${end} WHERE name = 'migrations' AND owner = ?`
const release = "DELETE FROM schema_migrations_lease WHERE name = 'migrations' AND owner = ?"

/** The holder of the lease, whether it still runs or has died. */
export async function leaseHolder(queries: Queries): Promise<Migrating | undefined> {
  const row = await leaseRow(queries)
  return row === undefined ? undefined : { who: row.who, since: row.since }
}

async function leaseRow(queries: Queries): Promise<Row | undefined> {
  try {
    return await firstRow<Row>(queries, readRow)
  } catch (error) {
    // An account that may not read the table sees no holder.
    if (error instanceof DatabaseError && (error.errno === noSuchTable || error.code === 'ACCESS_DENIED'))
      return undefined
    throw error
  }
}

/**
 * Runs `work` while this process holds the lease on the migrations of the database. All nodes of a cluster know the
 * lease, because it is a row with a unique key. Of two nodes that write it, one fails at its certification. A holder
 * that does not renew it for the length of the lease has died, and another process takes over. That time is measured
 * here, because the clocks of two nodes differ.
 *
 * A DDL statement stops all writes of the cluster, also renewals and takeovers. The renewal that waits for it is before
 * any takeover, which then fails. `work` calls `held` before each statement; it rejects if the lease was lost.
 */
export async function withLease<T>(
  session: Queries,
  options: LeaseOptions,
  work: (held: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const lease = new Lease(session, options)
  await lease.acquire()
  const renewing = new AbortController()
  const renewed = lease.renewUntil(renewing.signal)
  try {
    return await work(() => lease.renew(session))
  } finally {
    renewing.abort()
    await renewed
    // A process that cannot release it any more leaves it to the next one.
    await write(session, release, [lease.owner]).catch(() => undefined)
  }
}

class Lease {
  readonly owner = randomUUID()
  readonly #process = `process ${process.pid} on ${hostname()}`

  constructor(
    private readonly session: Queries,
    private readonly options: LeaseOptions,
  ) {}

  get #length(): number {
    return this.options.leaseMs * 1_000
  }

  /** Resolves when this process holds the lease. */
  async acquire(): Promise<void> {
    const deadline = performance.now() + this.options.waitMs
    let seen: Row | undefined
    let unchangedSince = performance.now()
    while (!(await this.#insert())) {
      const row = await leaseRow(this.session)
      if (row === undefined) continue
      if (row.owner !== seen?.owner) this.options.onWait(row)
      if (row.owner !== seen?.owner || row.end !== seen.end) unchangedSince = performance.now()
      seen = row
      const isOver = performance.now() - unchangedSince >= this.options.leaseMs
      if (isOver && (await this.#takeOver(row))) return
      if (performance.now() >= deadline) throw waitedTooLong(row, this.options.waitMs)
      await sleep(pollMs)
    }
  }

  /** Resolves to false if another process holds the lease. */
  async #insert(): Promise<boolean> {
    try {
      await write(this.session, insert, [this.owner, this.#process, this.#length])
      return true
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error
      if (error.errno === noSuchTable) return write(this.session, table, []).then(() => this.#insert())
      if (error.code === 'DUPLICATE') return false
      throw error
    }
  }

  async #takeOver({ owner, end: lastEnd }: Row): Promise<boolean> {
    const values = [this.owner, this.#process, this.#length, owner, lastEnd]
    return (await write(this.session, takeOver, values)).affectedRows === 1
  }

  /** Rejects if another process has taken over. */
  async renew(session: Queries): Promise<void> {
    if ((await write(session, renew, [this.#length, this.owner])).affectedRows === 1) return
    const other = await leaseHolder(session)
    const message = `${other?.who ?? 'another process'} has taken over the migrations from this one`
    throw new DbtoolError('LOCK_TIMEOUT', message, waitHints)
  }

  /** Renews the lease on a connection of its own, and opens another one when that is lost. Never rejects. */
  async renewUntil(signal: AbortSignal): Promise<void> {
    const pause = (): Promise<unknown> => sleep(this.options.leaseMs / 3, undefined, { signal }).catch(() => undefined)
    const isOver = (): boolean => signal.aborted
    await pause()
    while (!isOver()) {
      const renewing = this.options.open(async (session) => {
        while (!isOver()) {
          await this.renew(session)
          await pause()
        }
      })
      await renewing.catch(pause)
    }
  }
}

/** Another node may write the row, or create the table, at the same time. */
async function write(session: Queries, sql: string, values: readonly Value[]): Promise<Change> {
  for (;;) {
    try {
      return await session.execute(sql, values)
    } catch (error) {
      if (!(error instanceof DbtoolError) || error.code !== 'DEADLOCK') throw error
      await sleep(Math.random() * pollMs)
    }
  }
}

function waitedTooLong({ who, since }: Row, waitMs: number): DbtoolError {
  const message = `${who} has been migrating this database since ${since}; waited ${Math.round(waitMs / 1_000)} s`
  return new DbtoolError('LOCK_TIMEOUT', message, waitHints)
}
