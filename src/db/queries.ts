import type { OnCells } from '../cells.ts'
import type { RetryOptions } from './retry.ts'

/** A bound value; bytes are for BINARY and BLOB. Wrap a value that must not appear in logs in {@link Secret}. */
export type Value = string | number | bigint | boolean | Date | Uint8Array | null | Secret

/** The result of a statement that changes data. */
export interface Change {
  /** Number of matching rows, changed or not (the connector's `foundRows`), as guarded updates need it. */
  readonly affectedRows: number
  /** The new AUTO_INCREMENT value: a number, or decimal text if a number cannot hold it exactly. */
  readonly insertId: number | string
}

/** The new id of a row in a table whose ids are INT. */
export const newId = ({ insertId }: Change): number => Number(insertId)
/** When to give up a statement. It is then stopped at the server, and its connection stays. */
export interface StatementOptions {
  /** Stops the statement; it rejects with INTERRUPTED. */
  readonly signal?: AbortSignal | undefined
  /** Its own time limit in milliseconds; it rejects with STATEMENT_TIMEOUT. */
  readonly timeoutMs?: number | undefined
}

/** The options of a statement that is a part of a call. */
export interface CallOptions extends StatementOptions {
  /** The time limit of the whole call, for its error, where `timeoutMs` is the rest of it. */
  readonly wholeMs?: number | undefined
}

/** Receives the rows of a SELECT in batches; the next batch comes when the promise has resolved. */
export type OnRows<T> = (rows: T[]) => Promise<void>

/**
 * Runs statements. Values are bound, never pasted into the SQL. DECIMAL is returned as a string, and DATETIME as a Date
 * in UTC. BIGINT is returned as a number, or as a string where a number would not be exact. Every method rejects with a
 * DatabaseError.
 */
export interface Queries {
  /** Resolves to the rows of the first result set, or to an empty array. */
  rows<T>(sql: string, values?: readonly Value[]): Promise<T[]>
  /** Runs a statement that changes data. */
  execute(sql: string, values?: readonly Value[]): Promise<Change>
  /** `rows` for a frequent statement: it is prepared once on each connection. */
  prepared<T>(sql: string, values: readonly Value[]): Promise<T[]>
  /** `rows` for thousands of rows: several times as fast, since no DATETIME is converted. Select none, or as text. */
  rawRows<T>(sql: string, values: readonly Value[]): Promise<T[]>
  /**
   * Runs a SELECT with any number of rows, in constant memory. Rejects with the error of `onRows` unchanged. Never
   * retried, because `onRows` may have written the first rows. The time limit applies to each wait for the server, and
   * not to `onRows`.
   */
  each<T>(sql: string, values: readonly Value[], onRows: OnRows<T>): Promise<void>
  /**
   * `each` without decoding: the cells stay bytes. Resolves to false without running the statement if the connection is
   * encrypted.
   */
  eachCells(sql: string, values: readonly Value[], onCells: OnCells): Promise<boolean>
  /**
   * Runs one statement for many rows of values, in their order, in one message. With RETURNING, resolves to one row for
   * each of them. If one fails, those before it may have taken effect: call it in a transaction or after a savepoint.
   * Wait for its result, because a later statement may overtake it.
   */
  bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]>
  /** Retry options for work on this database. */
  readonly retryOptions?: RetryOptions
}

/** One connection with its transaction state. */
export interface Session extends Queries {
  /** True while this connection has an open transaction at the server. */
  readonly inTransaction: boolean
  readonly usable: boolean
  destroy(): void
}

/** A value that `--sql` prints as stars. */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return '********'
  }
  toJSON(): string {
    return '********'
  }
}

/**
 * Replaces secret values by stars, because the server quotes values in its errors (Duplicate entry '…'). Changes
 * `error` itself and returns it.
 */
export function hideSecrets(error: unknown, values: readonly Value[]): unknown {
  const secrets = values.filter((value) => value instanceof Secret && value.reveal() !== '') as Secret[]
  if (!(error instanceof Error)) return error
  const texts = error as unknown as Record<string, unknown>
  for (const part of ['message', 'stack', 'sqlMessage', 'sql']) {
    const text = texts[part]
    if (typeof text === 'string')
      texts[part] = secrets.reduce((masked, secret) => masked.replaceAll(secret.reveal(), String(secret)), text)
  }
  return error
}

/** One executed statement, for `--sql`. */
export interface Trace {
  readonly sql: string
  readonly values: readonly Value[]
  readonly ms: number
  readonly failed: boolean
}

export type OnTrace = (trace: Trace) => void

/** Resolves to the first row, or to undefined. */
export async function firstRow<T>(
  queries: Queries,
  sql: string,
  values: readonly Value[] = [],
): Promise<T | undefined> {
  const [row] = await queries.rows<T>(sql, values)
  return row
}

/** The beginning of a block of dbtool whose variables are its own, or set back by it. */
export const ownBlock = '/* leaves its session as it was */ BEGIN NOT ATOMIC'
