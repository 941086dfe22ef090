import type { Socket } from 'node:net'
import type { OnCells } from '../../cells.ts'
import type { DbtoolError } from '../../errors.ts'
import type { DatabaseError } from '../failures.ts'
import {
  type CallOptions,
  type Change,
  hideSecrets,
  type OnRows,
  type OnTrace,
  Secret,
  type StatementOptions,
  type Value,
} from '../queries.ts'
import { countPlaceholders } from '../sql-text.ts'
import type { Limits, Target } from '../target.ts'
import { forDriver, rowsForDriver } from './bound-values.ts'
import { CellStream } from './cell-stream.ts'
import { noRow } from './connection-errors.ts'
import type { DriverConnection, DriverQuery, FieldInfo } from './driver.ts'
import type { Killer } from './kill.ts'
import type { LockObserver } from './lock-observer.ts'
import { assertFits, bytesAsBound, bytesAsText, inMessages, mayBeTooLarge } from './packet.ts'
import { PerText } from './per-text.ts'
import { convertBigInts, insertedId } from './read-value.ts'
import { anyResult, type ResultItem, withHeads } from './result-items.ts'
import { firstResultSet, resultSets, unconverted } from './results.ts'
import { type Batches, Reading, RowStream } from './row-stream.ts'

/**
 * The server itself stops a statement at its time limit. If it is still silent this long after that, the connection is
 * lost.
 */
const silenceMs = 2_000

export interface ConnectionParts {
  readonly raw: DriverConnection
  readonly target: Target
  readonly limits: Limits
  readonly encrypted: boolean
  readonly onTrace?: OnTrace | undefined
  /** Closes the socket at once. */
  readonly cut: () => void
  /** The socket, if the protocol can be read on it. Undefined for an encrypted connection. */
  readonly plainSocket?: Socket | undefined
  /** The server process that was reached; undefined if a proxy hides it. */
  readonly server?: string | undefined
  /** Stops at the server what was cut here. */
  readonly killer?: Killer | undefined
  /** Listens to errors after which the server is no longer fit for its role. */
  readonly onUnfit?: ((error: DbtoolError) => void) | undefined
  /** Sets the session up again, as it was when the connection was opened. */
  readonly setUp?: (() => Promise<unknown>) | undefined
  /** Looks what a statement waits for. */
  readonly locks?: LockObserver | undefined
}

export interface RunOptions extends CallOptions {
  /** After this time without an answer, the server counts as lost. */
  readonly silenceAfterMs?: number
  /** The statement runs within a SET STATEMENT. */
  readonly keepsSession?: boolean
  /** The time that does not count as the statement's. */
  readonly pausedMs?: () => number
}

interface Streaming<B> {
  /** Sends the statement, and returns its rows. */
  readonly send: () => Batches<B>
  readonly onRows: (rows: B) => Promise<void>
  /** The longest time without a row; zero means no limit. */
  readonly waitMs?: number
}

/** The ways to send a statement over one connection, and to read its result. */
export abstract class Statements {
  #maxPacket: Promise<number> | undefined
  readonly #placeholders = new PerText(countPlaceholders)

  protected constructor(protected readonly parts: ConnectionParts) {}

  /** Sends a statement within its deadline, and reports it. Rejects with a DbtoolError. */
  protected abstract run<T>(
    sql: string,
    values: readonly Value[],
    send: () => Promise<T>,
    options?: RunOptions,
  ): Promise<T>

  /** Settles as `work` does. After `timeoutMs` milliseconds, the connection is cut with the error of `late`. */
  protected abstract bounded<T>(timeoutMs: number, work: Promise<T>, late?: () => DatabaseError): Promise<T>

  /** Ends a statement whose further rows nobody reads. `rest` resolves when all of them have arrived. */
  protected abstract endReading(rest: Promise<void>): Promise<void>

  /** Destroys the connection, whose statement still runs, and stops that at the server. */
  protected abstract abandon(): Promise<void>

  async rows<T>(sql: string, values: readonly Value[] = [], options?: StatementOptions): Promise<T[]> {
    return firstResultSet<T>(await this.query(sql, values, options))
  }

  async execute(sql: string, values: readonly Value[] = [], options?: StatementOptions): Promise<Change> {
    const result = (await this.query(sql, values, options)) as Partial<Change> | undefined
    return { affectedRows: result?.affectedRows ?? 0, insertId: insertedId(result?.insertId) }
  }

  async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return firstResultSet<T>(await this.prepare(sql, values))
  }

  async rawRows<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    const rows = firstResultSet<T>(await this.paste(sql, values, unconverted))
    convertBigInts(rows as Record<string, unknown>[])
    return rows
  }

  async each<T>(sql: string, values: readonly Value[], onRows: OnRows<T>): Promise<void> {
    const send = (): RowStream =>
      new RowStream(this.parts.raw.queryStream(this.unlimited(sql), this.bound(sql, values)))
    await this.stream(sql, values, { send, onRows: (rows) => onRows(rows as T[]) })
  }

  async eachCells(sql: string, values: readonly Value[], onCells: OnCells): Promise<boolean> {
    const { raw, plainSocket } = this.parts
    if (plainSocket === undefined) return false
    const query = { ...unconverted, sql: this.unlimited(sql) }
    const send = (): CellStream => {
      const bound = this.bound(sql, values)
      return new CellStream(plainSocket, () => raw.query(query, bound))
    }
    await this.stream(sql, values, { send, onRows: onCells })
    return true
  }

  /**
   * Runs one statement of any kind. `onItems` receives its result sets and its outcome as the server sends them, in
   * constant memory. Never retried. Unlike `each`, it leaves the statement, and the server's time limit, as they are.
   */
  async results(
    sql: string,
    values: readonly Value[],
    onItems: OnRows<ResultItem>,
    vectors: ReadonlySet<string> = new Set(),
  ): Promise<void> {
    const send = (): RowStream => {
      // With an array of values, even an empty one, the connector would look for placeholders.
      const bound = values.length === 0 ? undefined : this.bound(sql, values)
      return new RowStream(withHeads(this.parts.raw.queryStream({ ...anyResult(vectors), sql }, bound)))
    }
    await this.stream(sql, values, { send, onRows: (items) => onItems(items as ResultItem[]), waitMs: this.deadlineMs })
  }

  /**
   * Resolves to the columns that a statement would return, without running it. Undefined if the server cannot prepare
   * it.
   */
  async columnsOf(sql: string): Promise<readonly FieldInfo[] | undefined> {
    const prepared = (await this.bounded(this.deadlineMs, this.parts.raw.prepare(sql)).catch(() => undefined)) as
      | { readonly columns: readonly FieldInfo[]; close(): void }
      | undefined
    prepared?.close()
    return prepared?.columns
  }

  async bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]> {
    if (rows.length === 0) return []
    const send = async (): Promise<T[]> => {
      const results: T[] = []
      const bound = rowsForDriver(rows, this.#placeholders.of(sql))
      for (const message of await inMessages(bound, () => this.maxPacket()))
        results.push(...resultSets<T>(await this.parts.raw.batch(sql, message)))
      return results
    }
    const sendSecretly = (): Promise<T[]> =>
      send().catch((error: unknown) => {
        throw hideSecrets(error, rows.flat())
      })
    return this.run(sql, [`rows: ${rows.length}`], sendSecretly)
  }

  /**
   * Uses the text protocol, except for secrets. It pastes values into the statement, and the server quotes the
   * statement in syntax errors.
   */
  private query(sql: string, values: readonly Value[], options?: StatementOptions): Promise<unknown> {
    return values.some((value) => value instanceof Secret)
      ? this.prepare(sql, values, options)
      : this.paste(sql, values, {}, options)
  }

  private paste(
    sql: string,
    values: readonly Value[],
    how: Omit<DriverQuery, 'sql'> = {},
    options?: StatementOptions,
  ): Promise<unknown> {
    const send = async (): Promise<unknown> => {
      const bound = this.bound(sql, values)
      if (mayBeTooLarge(sql, values)) assertFits(bytesAsText(sql, values), await this.maxPacket())
      return this.parts.raw.query<unknown>({ ...how, sql }, bound)
    }
    return this.run(sql, values, send, options)
  }

  private prepare(sql: string, values: readonly Value[], options?: StatementOptions): Promise<unknown> {
    const send = async (): Promise<unknown> => {
      const bound = this.bound(sql, values)
      if (mayBeTooLarge(sql, values))
        assertFits(Math.max(Buffer.byteLength(sql), bytesAsBound(values)), await this.maxPacket())
      return this.parts.raw.execute<unknown>(sql, bound)
    }
    return this.run(sql, values, send, options)
  }

  /** Runs a SELECT, and hands over its rows in batches. The time of their reader is not the statement's. */
  private async stream<B>(
    sql: string,
    values: readonly Value[],
    { send, onRows, waitMs = this.parts.limits.statementTimeoutMs }: Streaming<B>,
  ): Promise<void> {
    const reading = new Reading(onRows, (next) => this.inTime(next, waitMs))
    const options = { silenceAfterMs: 0, keepsSession: true, pausedMs: () => reading.ms }
    try {
      await this.run(sql, values, () => reading.readAll(send()), options)
    } catch (error) {
      if (reading.isOpen) await this.endReading(reading.leave())
      if (reading.isOpen) await this.abandon()
      throw reading.failure === undefined ? error : reading.failure.error
    }
  }

  private bound(sql: string, values: readonly Value[]): unknown[] {
    return forDriver(values, this.#placeholders.of(sql))
  }

  /** The largest message that the server accepts. Only a large statement asks, and only once. */
  private maxPacket(): Promise<number> {
    this.#maxPacket ??= this.parts.raw
      .query<{ bytes: number }[]>('SELECT @@max_allowed_packet AS bytes')
      .then(([row]) => row?.bytes ?? Infinity)
    return this.#maxPacket
  }

  /** The next rows, in the time that the server has for a statement. */
  private inTime<B>(next: Promise<B>, waitMs: number): Promise<B> {
    return this.bounded(waitMs, next, () => noRow(this.parts.target, waitMs))
  }

  /** The server's time limit for a statement, and a little more; zero means none. */
  protected get deadlineMs(): number {
    const { statementTimeoutMs } = this.parts.limits
    return statementTimeoutMs === 0 ? 0 : statementTimeoutMs + silenceMs
  }

  /** The server's own time limit would count the time of a slow reader too. */
  private unlimited(sql: string): string {
    return this.parts.limits.statementTimeoutMs === 0 ? sql : `SET STATEMENT max_statement_time = 0 FOR ${sql}`
  }
}
