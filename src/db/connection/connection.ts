import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OnCells } from '../../cells.ts'
import { DbtoolError } from '../../errors.ts'
import { publishClose, publishQuery } from '../diagnostics.ts'
import { type ConnectionIdentity, DatabaseError, translate } from '../failures.ts'
import type { PooledConnection } from '../pool/pool.ts'
import {
  type Change,
  hideSecrets,
  type OnTrace,
  Secret,
  type OnRows,
  type StatementOptions,
  type Value,
} from '../queries.ts'
import { isConnectionLoss, ruleOf } from '../retry-table.ts'
import { addressOf, type Limits, type Target, timerMs } from '../target.ts'
import { CellStream } from './cell-stream.ts'
import type { DriverConnection, DriverQuery, FieldInfo } from './driver.ts'
import { InFlight } from './in-flight.ts'
import type { Killer } from './kill.ts'
import { assertFits, bytesAsBound, bytesAsText, inMessages, mayBeTooLarge } from './packet.ts'
import { anyResult, type ResultItem, withHeads } from './result-items.ts'
import { type LockObserver, LockWatch } from './lock-observer.ts'
import { convertBigInts, insertedId } from './read-value.ts'
import { firstResultSet, forDriver, resultSets, rowForDriver, unconverted } from './results.ts'
import { type Batches, Reader, RowStream } from './row-stream.ts'

/**
 * The server itself stops a statement at its time limit. If it is still silent this long after that, the connection is
 * lost.
 */
const silenceMs = 2_000
const closeTimeoutMs = 1_000
/** Time for the server to stop a cancelled statement, and to reset a session; after it, the connection is cut. */
const cancelMs = 2_000
const cancelPollMs = 50
const resetMs = 2_000
const inTransactionFlag = 1
const autocommitFlag = 2
/** The answer says that a session variable or the current database has changed. */
const sessionChangedFlag = 1 << 14
/**
 * Errors after which no statement runs. The server shuts down or has ended the connection with KILL, or the connector
 * had noticed the loss and sent nothing.
 */
const notRunning: readonly (number | undefined)[] = [1053, 1927, 45013]

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
  /** Sets the session up again, as it was when the connection was opened. */
  readonly setUp?: (() => Promise<unknown>) | undefined
  /** Looks what a statement waits for. */
  readonly locks?: LockObserver | undefined
}

interface Streaming<B> {
  /** Sends the statement, and returns its rows. */
  readonly send: (bound: unknown[]) => Batches<B>
  readonly onRows: (rows: B) => Promise<void>
  /** The longest time without a row; zero means no limit. */
  readonly waitMs?: number
}

interface ServerStatus {
  readonly info: { readonly status: number } | null
}

/**
 * One connection to the server. Every operation has a deadline on the client side, every error is a DbtoolError, and
 * every statement can be traced.
 */
export class Connection implements PooledConnection {
  readonly #parts: ConnectionParts
  readonly #inFlight = new InFlight()
  /**
   * The state of the transaction: `known` after a success. After an error it is `unknown`, unless the error ended it.
   */
  #transaction: 'known' | 'unknown' | 'ended' = 'known'
  #cut = false
  /** Statements whose callers wait. */
  #running = 0
  #abandoned = false
  #sessionChanged = false
  #closeReported = false
  #cancelling: Promise<void> | undefined
  #maxPacket: Promise<number> | undefined
  readonly #identity: ConnectionIdentity | undefined

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    const { threadId } = parts.raw
    this.#identity = threadId === null ? undefined : { threadId, server: parts.server }
  }

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
    const send = (bound: unknown[]): RowStream => new RowStream(this.#parts.raw.queryStream(this.unlimited(sql), bound))
    await this.stream(sql, values, { send, onRows: (rows) => onRows(rows as T[]) })
  }

  async eachCells(sql: string, values: readonly Value[], onCells: OnCells): Promise<boolean> {
    const { raw, plainSocket } = this.#parts
    if (plainSocket === undefined) return false
    const query = { ...unconverted, sql: this.unlimited(sql) }
    const send = (bound: unknown[]): CellStream => new CellStream(plainSocket, () => raw.query(query, bound))
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
    // With an array of values, even an empty one, the connector would look for placeholders.
    const send = (bound: unknown[]): RowStream =>
      new RowStream(
        withHeads(this.#parts.raw.queryStream({ ...anyResult(vectors), sql }, bound.length === 0 ? undefined : bound)),
      )
    await this.stream(sql, values, { send, onRows: (items) => onItems(items as ResultItem[]), waitMs: this.deadlineMs })
  }

  /**
   * Resolves to the columns that a statement would return, without running it. Undefined if the server cannot prepare
   * it.
   */
  async columnsOf(sql: string): Promise<readonly FieldInfo[] | undefined> {
    const prepared = (await this.bounded(this.deadlineMs, this.#parts.raw.prepare(sql)).catch(() => undefined)) as
      { readonly columns: readonly FieldInfo[]; close(): void } | undefined
    prepared?.close()
    return prepared?.columns
  }

  /** Whether the server has at least this version. */
  isAtLeast(major: number, minor: number): boolean {
    return this.#parts.raw.info?.hasMinVersion(major, minor, 0) === true
  }

  async bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]> {
    if (rows.length === 0) return []
    const send = async (): Promise<T[]> => {
      const results: T[] = []
      for (const message of await inMessages(rows, () => this.maxPacket()))
        results.push(...resultSets<T>(await this.#parts.raw.batch(sql, message.map(rowForDriver))))
      return results
    }
    const sendSecretly = (): Promise<T[]> =>
      send().catch((error: unknown) => {
        throw hideSecrets(error, rows.flat())
      })
    return this.run(sql, [`rows: ${rows.length}`], sendSecretly)
  }

  /**
   * Resolves to true if the server answers within `timeoutMs` milliseconds. Otherwise destroys the connection and
   * resolves to false.
   */
  async ping(timeoutMs: number): Promise<boolean> {
    return this.bounded(timeoutMs, this.#parts.raw.ping()).then(
      () => true,
      () => false,
    )
  }

  get encrypted(): boolean {
    return this.#parts.encrypted
  }

  get inTransaction(): boolean {
    return this.#transaction !== 'ended' && (this.status & inTransactionFlag) === inTransactionFlag
  }

  get mayHoldTransaction(): boolean {
    return this.inTransaction || this.#transaction === 'unknown'
  }

  get sessionChanged(): boolean {
    return this.#sessionChanged || (this.status & autocommitFlag) === 0
  }

  get busy(): boolean {
    return (this.#running > 0 && !this.#cut) || this.#cancelling !== undefined
  }

  get abandoned(): boolean {
    return this.#abandoned
  }

  get usable(): boolean {
    // The connector does not notice that its socket was cut.
    return !this.#cut && this.#parts.raw.isValid()
  }

  whenLost(listener: () => void): void {
    this.#parts.raw.on('end', () => {
      this.reportClose()
      listener()
    })
  }

  /** Closes the connection properly. Never rejects, and takes at most a second, unless a statement must be stopped. */
  async close(): Promise<void> {
    if (this.#abandoned) await this.stop()
    if (!this.usable) return
    await this.bounded(closeTimeoutMs, this.#parts.raw.end()).catch(() => undefined)
    this.reportClose()
  }

  /**
   * Closes the socket at once; the server rolls back when it notices. Operations in flight reject with CONNECTION_LOST.
   */
  destroy(): void {
    const message = `the connection to ${addressOf(this.#parts.target)} was closed while a statement was running`
    const hint = 'check whether it took effect before you try again'
    this.cut(new DatabaseError('CONNECTION_LOST', message, { hint }))
  }

  /**
   * Destroys the connection, and kills its running statement at the server. Resolves when that has ended. Never
   * rejects.
   */
  async stop(): Promise<void> {
    this.destroy()
    // The server notices a closed socket only when it next writes to it, and runs the statement until then.
    if (this.#abandoned && this.#identity !== undefined) await this.#parts.killer?.kill(this.#identity)
    this.#abandoned = false
  }

  /**
   * Stops the running statements at the server; their callers get `reason` at once. The connection and its transaction
   * stay. Resolves when the statements have ended. If the server does not stop them, the connection is cut. Never
   * rejects.
   */
  async cancel(reason: DbtoolError = cancelled()): Promise<void> {
    if (this.#running > 0 && !this.#cut) {
      this.#cancelling ??= this.endStatements().finally(() => (this.#cancelling = undefined))
      this.#inFlight.abandonAll(reason)
    }
    await this.#cancelling
  }

  /**
   * Restores the session of a new connection: variables, current database, locks and temporary tables. Also ends the
   * transaction. Rejects if it cannot.
   */
  async reset(): Promise<void> {
    const { raw, setUp, target } = this.#parts
    if (setUp === undefined || target.database === undefined) throw new Error('the session cannot be restored')
    await this.bounded(resetMs, raw.reset())
    await this.bounded(resetMs, setUp())
    this.#sessionChanged = false
    this.#transaction = 'known'
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
    const send = (bound: unknown[]): Promise<unknown> => this.#parts.raw.query<unknown>({ ...how, sql }, bound)
    const sendIfFits = (bound: unknown[]): Promise<unknown> =>
      mayBeTooLarge(sql, values) ? this.ifFits(bytesAsText(sql, values), () => send(bound)) : send(bound)
    return this.run(sql, values, sendIfFits, options)
  }

  private prepare(sql: string, values: readonly Value[], options?: StatementOptions): Promise<unknown> {
    const send = (bound: unknown[]): Promise<unknown> => this.#parts.raw.execute<unknown>(sql, bound)
    const bytes = (): number => Math.max(Buffer.byteLength(sql), bytesAsBound(values))
    const sendIfFits = (bound: unknown[]): Promise<unknown> =>
      mayBeTooLarge(sql, values) ? this.ifFits(bytes(), () => send(bound)) : send(bound)
    return this.run(sql, values, sendIfFits, options)
  }

  /** Runs a SELECT, and hands over its rows in batches. The time of their reader is not the statement's. */
  private async stream<B>(
    sql: string,
    values: readonly Value[],
    { send, onRows, waitMs = this.#parts.limits.statementTimeoutMs }: Streaming<B>,
  ): Promise<void> {
    const reader = new Reader(onRows)
    let batches: Batches<B> | undefined
    const sendAndRead = async (bound: unknown[]): Promise<void> => {
      batches = send(bound)
      for (let rows = await this.nextOf(batches, waitMs); rows !== undefined; rows = await this.nextOf(batches, waitMs))
        await reader.read(rows)
    }
    try {
      await this.run(sql, values, sendAndRead, { silenceAfterMs: 0, keepsSession: true, pausedMs: () => reader.ms })
    } catch (error) {
      // The rest of the rows is still on its way.
      if (batches?.isOpen === true) {
        this.#abandoned = true
        await this.stop()
      }
      throw reader.failure === undefined ? error : reader.failure.error
    }
  }

  private async ifFits(bytes: number, send: () => Promise<unknown>): Promise<unknown> {
    assertFits(bytes, await this.maxPacket())
    return send()
  }

  /** The largest message that the server accepts. Only a large statement asks, and only once. */
  private maxPacket(): Promise<number> {
    this.#maxPacket ??= this.#parts.raw
      .query<{ bytes: number }[]>('SELECT @@max_allowed_packet AS bytes')
      .then(([row]) => row?.bytes ?? Infinity)
    return this.#maxPacket
  }

  /** The next rows, in the time that the server has for a statement. */
  private nextOf<B>(batches: Batches<B>, waitMs: number): Promise<B | undefined> {
    return this.#inFlight.watch(batches.next(), waitMs, () => {
      const message = `${addressOf(this.#parts.target)} has sent no row for ${waitMs} ms`
      const hint = 'the statement was stopped; raise DB_STATEMENT_TIMEOUT to allow more time'
      const hintInCode = 'the statement was stopped; raise statementTimeoutMs of the pool to allow more time'
      this.cut(new DatabaseError('STATEMENT_TIMEOUT', message, { hint, hintInCode }))
    })
  }

  /** The server's time limit for a statement, and a little more; zero means none. */
  private get deadlineMs(): number {
    const { statementTimeoutMs } = this.#parts.limits
    return statementTimeoutMs === 0 ? 0 : statementTimeoutMs + silenceMs
  }

  /** The server's own time limit would count the time of a slow reader too. */
  private unlimited(sql: string): string {
    return this.#parts.limits.statementTimeoutMs === 0 ? sql : `SET STATEMENT max_statement_time = 0 FOR ${sql}`
  }

  private async run<T>(
    sql: string,
    values: readonly Value[],
    send: (bound: unknown[]) => Promise<T>,
    options: RunOptions = {},
  ): Promise<T> {
    // A KILL QUERY that is on its way must not hit this statement.
    if (this.#cancelling !== undefined) await this.#cancelling
    const started = performance.now()
    const watch = this.watchLocks()
    const stopListening = this.listen(options)
    this.#running += 1
    let failure: Error | undefined
    try {
      options.signal?.throwIfAborted()
      if (this.#cut) throw this.closed()
      const result = await this.bounded(options.silenceAfterMs ?? this.deadlineMs, send(values.map(forDriver)))
      this.#transaction = 'known'
      if (options.keepsSession !== true) this.noticeChange(sql)
      return result
    } catch (error) {
      failure =
        options.signal?.aborted === true && error === options.signal.reason ? cancelled() : this.failure(error, values)
      throw watch === undefined ? failure : await watch.explain(failure)
    } finally {
      this.#running -= 1
      watch?.stop()
      stopListening?.()
      this.report({ sql, values, ms: performance.now() - started - (options.pausedMs?.() ?? 0), failure })
    }
  }

  private report({ sql, values, ms, failure }: Ended): void {
    const { onTrace, target, raw } = this.#parts
    onTrace?.({ sql, values, ms, failed: failure !== undefined })
    publishQuery(target, raw.threadId, { sql, ms, failure })
  }

  private reportClose(): void {
    if (this.#closeReported) return
    this.#closeReported = true
    publishClose(this.#parts.target, this.#parts.raw.threadId)
  }

  /** Cancels the statement when its caller does not want it any more, or after its own time limit. */
  private listen({ signal, timeoutMs }: StatementOptions): (() => void) | undefined {
    if (signal === undefined && timeoutMs === undefined) return undefined
    const abort = (): void => void this.cancel()
    const late = (): void => void this.cancel(tooLate(timeoutMs ?? 0))
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timerMs(timeoutMs))
    signal?.addEventListener('abort', abort, { once: true })
    return () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  private async endStatements(): Promise<void> {
    const answered = this.#inFlight.answered().then(() => true)
    let over = false
    for (const deadline = performance.now() + cancelMs; !over && performance.now() < deadline;) {
      if (this.#identity !== undefined) await this.#parts.killer?.cancel(this.#identity)
      over = await Promise.race([answered, sleep(cancelPollMs, false)])
    }
    this.#transaction = 'unknown'
    // It takes a KILL QUERY that came after the end of its statement.
    if (over) await this.bounded(cancelMs, this.#parts.raw.query('DO 0')).catch(() => undefined)
    else {
      this.#abandoned = true
      await this.stop()
    }
  }

  /** Notices whether the statement has changed the session. */
  private noticeChange(sql: string): void {
    const changed = (this.status & sessionChangedFlag) !== 0 && !forOneStatement.test(sql)
    // An answer that comes together with another one hides its flags.
    const mayHaveChanged = this.#running > 1 && !changesNoSession.test(sql)
    this.#sessionChanged ||= changed || mayHaveChanged
  }

  private get status(): number {
    return (this.#parts.raw as unknown as ServerStatus).info?.status ?? autocommitFlag
  }

  private closed(): DatabaseError {
    return new DatabaseError('CONNECTION_LOST', `the connection to ${addressOf(this.#parts.target)} is closed`, {
      hint: 'try again',
    })
  }

  private watchLocks(): LockWatch | undefined {
    const { locks, limits } = this.#parts
    if (locks === undefined || this.#identity === undefined || limits.lockWaitMs === 0) return undefined
    return new LockWatch(locks, this.#identity.threadId, limits.lockWaitMs)
  }

  private failure(error: unknown, values: readonly Value[]): Error {
    const translated = translate(hideSecrets(error, values), this.#parts.target)
    if (translated instanceof DatabaseError && translated.code === 'CONNECTION_LOST') {
      translated.lost = this.#identity
      this.#abandoned ||= !this.#parts.raw.isValid() && !notRunning.includes(translated.errno)
    }
    const ended =
      translated instanceof DatabaseError && !isConnectionLoss(translated) && ruleOf(translated).transaction === 'ended'
    this.#transaction = ended || this.#transaction === 'ended' ? 'ended' : 'unknown'
    return translated
  }

  private bounded<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
    return this.#inFlight.watch(work, timeoutMs, () => this.giveUp(timeoutMs))
  }

  private giveUp(timeoutMs: number): void {
    const message = `${addressOf(this.#parts.target)} has not answered for ${Math.round(timeoutMs)} ms`
    const hint = 'the server hangs or the network failed; the connection was closed'
    this.cut(new DatabaseError('CONNECTION_LOST', message, { hint }))
  }

  private cut(reason: DatabaseError): void {
    this.#abandoned ||= this.#running > 0
    this.#cut = true
    this.#parts.cut()
    this.reportClose()
    this.#inFlight.abandonAll(reason)
  }
}

interface RunOptions extends StatementOptions {
  /** After this time without an answer, the server counts as lost. */
  readonly silenceAfterMs?: number
  /** The statement runs within a SET STATEMENT. */
  readonly keepsSession?: boolean
  /** The time that does not count as the statement's. */
  readonly pausedMs?: () => number
}

interface Ended {
  readonly sql: string
  readonly values: readonly Value[]
  readonly ms: number
  readonly failure: Error | undefined
}

/** The answer mentions its variables, which have their old values again. */
const forOneStatement = /^\s*SET\s+STATEMENT\b/i
const changesNoSession =
  /^\s*(?:SET\s+STATEMENT|SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|DO|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b/i

function cancelled(): DbtoolError {
  return new DbtoolError('INTERRUPTED', 'the statement was cancelled')
}

function tooLate(timeoutMs: number): DbtoolError {
  return new DbtoolError('STATEMENT_TIMEOUT', `no result within ${timeoutMs} ms`, {
    hint: 'the statement was stopped; raise timeoutMs to allow more time',
  })
}
