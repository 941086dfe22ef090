import type { Readable } from 'node:stream'
import { type ConnectionIdentity, DatabaseError, translate } from '../failures.ts'
import type { PooledConnection } from '../pool/pool.ts'
import { type Change, hideSecrets, type OnTrace, Secret, type OnRows, type Value } from '../queries.ts'
import { isConnectionLoss, ruleOf } from '../retry-table.ts'
import { addressOf, type Limits, type Target, timerMs } from '../target.ts'
import { writeInstant } from '../utc.ts'
import type { DriverConnection, DriverQuery, FieldInfo } from './driver.ts'
import { assertFits, bytesAsBound, bytesAsText, inMessages, mayBeTooLarge, mayRowsBeTooLarge } from './packet.ts'
import { anyResult, type ResultItem, withHeads } from './result-items.ts'
import { type LockObserver, LockWatch } from './lock-observer.ts'
import { Reader, RowStream } from './row-stream.ts'

/**
 * The server itself stops a statement at its time limit. If it is still silent this long after that, the connection is
 * lost.
 */
const silenceMs = 2_000
const closeTimeoutMs = 1_000
const inTransactionFlag = 1

export interface ConnectionParts {
  readonly raw: DriverConnection
  readonly target: Target
  readonly limits: Limits
  readonly encrypted: boolean
  readonly onTrace?: OnTrace | undefined
  /** Closes the socket at once. */
  readonly cut: () => void
  /** Kills the connection with this number at the server, and resolves when it has ended. Never rejects. */
  readonly kill?: (threadId: number) => Promise<void>
  /** Looks what a statement waits for. */
  readonly locks?: LockObserver | undefined
}

interface Streaming<T> {
  /** Sends the statement, and returns its rows. */
  readonly open: (bound: unknown[]) => Readable
  /** The longest time without a row; zero means no limit. */
  readonly waitMs: number
  readonly onRows: OnRows<T>
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
  #maxPacket: Promise<number> | undefined
  readonly #identity: ConnectionIdentity | undefined

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    const { threadId } = parts.raw
    this.#identity = threadId === null ? undefined : { threadId, openedAt: performance.now() }
  }

  async rows<T>(sql: string, values: readonly Value[] = []): Promise<T[]> {
    return firstResultSet<T>(await this.query(sql, values))
  }

  async execute(sql: string, values: readonly Value[] = []): Promise<Change> {
    const result = (await this.query(sql, values)) as Partial<Change> | undefined
    return { affectedRows: result?.affectedRows ?? 0, insertId: result?.insertId ?? 0 }
  }

  async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return firstResultSet<T>(await this.prepare(sql, values))
  }

  async rawRows<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return firstResultSet<T>(await this.paste(sql, values, unconverted))
  }

  async each<T>(sql: string, values: readonly Value[], onRows: OnRows<T>): Promise<void> {
    const { statementTimeoutMs } = this.#parts.limits
    const open = (bound: unknown[]): Readable => this.#parts.raw.queryStream(this.unlimited(sql), bound)
    await this.stream(sql, values, { open, waitMs: statementTimeoutMs, onRows })
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
    const open = (bound: unknown[]): Readable =>
      withHeads(this.#parts.raw.queryStream({ ...anyResult(vectors), sql }, bound.length === 0 ? undefined : bound))
    await this.stream(sql, values, { open, waitMs: this.deadlineMs, onRows: onItems })
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
      const messages = mayRowsBeTooLarge(rows) ? inMessages(rows, await this.maxPacket()) : [rows]
      const results: T[] = []
      for (const message of messages) {
        const bound = message.map((row) => row.map(forDriver))
        results.push(...resultSets<T>(await this.#parts.raw.batch(sql, bound)))
      }
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
    const status = (this.#parts.raw as unknown as ServerStatus).info?.status ?? 0
    return this.#transaction !== 'ended' && (status & inTransactionFlag) === inTransactionFlag
  }

  get mayHoldTransaction(): boolean {
    return this.inTransaction || this.#transaction === 'unknown'
  }

  get busy(): boolean {
    return this.#inFlight.size > 0
  }

  get usable(): boolean {
    // The connector does not notice that its socket was cut.
    return !this.#cut && this.#parts.raw.isValid()
  }

  /** Closes the connection properly. Never rejects, and takes at most a second. */
  async close(): Promise<void> {
    if (!this.usable) return
    await this.bounded(closeTimeoutMs, this.#parts.raw.end()).catch(() => undefined)
  }

  /**
   * Closes the socket at once; the server rolls back when it notices. Operations in flight reject with CONNECTION_LOST.
   */
  destroy(): void {
    const message = `the connection to ${addressOf(this.#parts.target)} was closed while a statement was running`
    const hint = 'check whether it took effect before you try again'
    this.cut(new DatabaseError('CONNECTION_LOST', message, { hint }))
  }

  /** Destroys the connection, and kills its running statement at the server. Never rejects. */
  async stop({ isBusy = this.busy } = {}): Promise<void> {
    this.destroy()
    // The server notices a closed socket only when it next writes to it, and runs the statement until then.
    if (isBusy && this.#identity !== undefined) await this.#parts.kill?.(this.#identity.threadId)
  }

  /**
   * Uses the text protocol, except for secrets. It pastes values into the statement, and the server quotes the
   * statement in syntax errors.
   */
  private query(sql: string, values: readonly Value[]): Promise<unknown> {
    return values.some((value) => value instanceof Secret) ? this.prepare(sql, values) : this.paste(sql, values)
  }

  private paste(sql: string, values: readonly Value[], options: Omit<DriverQuery, 'sql'> = {}): Promise<unknown> {
    const send = (bound: unknown[]): Promise<unknown> => this.#parts.raw.query<unknown>({ ...options, sql }, bound)
    return this.run(sql, values, (bound) =>
      mayBeTooLarge(sql, values) ? this.ifFits(bytesAsText(sql, values), () => send(bound)) : send(bound),
    )
  }

  private prepare(sql: string, values: readonly Value[]): Promise<unknown> {
    const send = (bound: unknown[]): Promise<unknown> => this.#parts.raw.execute<unknown>(sql, bound)
    const bytes = (): number => Math.max(Buffer.byteLength(sql), bytesAsBound(values))
    return this.run(sql, values, (bound) =>
      mayBeTooLarge(sql, values) ? this.ifFits(bytes(), () => send(bound)) : send(bound),
    )
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

  private async stream<T>(
    sql: string,
    values: readonly Value[],
    { open, waitMs, onRows }: Streaming<T>,
  ): Promise<void> {
    const reader = new Reader<T>(onRows)
    let stream: RowStream | undefined
    const send = async (bound: unknown[]): Promise<void> => {
      stream = new RowStream(open(bound))
      for (let rows = await this.nextOf(stream, waitMs); rows.length > 0; rows = await this.nextOf(stream, waitMs))
        await reader.read(rows as T[])
    }
    try {
      await this.run(sql, values, send, { timeoutMs: 0, pausedMs: () => reader.ms })
    } catch (error) {
      // The rest of the rows is still on its way.
      if (stream?.isOpen === true) await this.stop({ isBusy: true })
      throw reader.failure === undefined ? error : reader.failure.error
    }
  }

  /** The next rows of a stream, in the time that the server has for a statement. */
  private nextOf(stream: RowStream, waitMs: number): Promise<unknown[]> {
    return this.#inFlight.watch(stream.next(), waitMs, () => {
      const message = `${addressOf(this.#parts.target)} has sent no row for ${waitMs} ms`
      const hint = 'the statement was stopped; raise DB_STATEMENT_TIMEOUT to allow more time'
      this.cut(new DatabaseError('STATEMENT_TIMEOUT', message, { hint }))
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

  /** `pausedMs` is the time that does not count as the statement's. */
  private async run<T>(
    sql: string,
    values: readonly Value[],
    send: (bound: unknown[]) => Promise<T>,
    { timeoutMs = this.deadlineMs, pausedMs = (): number => 0 } = {},
  ): Promise<T> {
    const { onTrace, target } = this.#parts
    const started = performance.now()
    const watch = this.watchLocks()
    let failed = true
    try {
      if (this.#cut)
        throw new DatabaseError('CONNECTION_LOST', `the connection to ${addressOf(target)} is closed`, {
          hint: 'try again',
        })
      const result = await this.bounded(timeoutMs, send(values.map(forDriver)))
      this.#transaction = 'known'
      failed = false
      return result
    } catch (error) {
      const failure = this.failure(error, values)
      throw watch === undefined ? failure : await watch.explain(failure)
    } finally {
      watch?.stop()
      onTrace?.({ sql, values, ms: performance.now() - started - pausedMs(), failed })
    }
  }

  private watchLocks(): LockWatch | undefined {
    const { locks, limits } = this.#parts
    if (locks === undefined || this.#identity === undefined || limits.lockWaitMs === 0) return undefined
    return new LockWatch(locks, this.#identity.threadId, limits.lockWaitMs)
  }

  private failure(error: unknown, values: readonly Value[]): Error {
    const translated = translate(hideSecrets(error, values), this.#parts.target)
    if (translated instanceof DatabaseError && translated.code === 'CONNECTION_LOST') translated.lost = this.#identity
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
    this.#cut = true
    this.#parts.cut()
    this.#inFlight.abandonAll(reason)
  }
}

/** Converts a bound value for the connector. */
function forDriver(value: Value): Exclude<Value, Secret | Date> {
  if (value instanceof Secret) return value.reveal()
  return value instanceof Date ? writeInstant(value) : value
}

/**
 * The first result set. A compound statement returns [rows, status], a simple one its rows, and a statement without a
 * result set its status.
 */
function firstResultSet<T>(result: unknown): T[] {
  if (!Array.isArray(result)) return []
  return (Array.isArray(result[0]) ? result[0] : result) as T[]
}

/**
 * The rows of a bulk statement: the server sends one result set, or one per row if it processes the rows singly. From
 * 11.5 on it may also send the outcome of each row, as an object of a class of the connector, which is no row.
 */
function resultSets<T>(result: unknown): T[] {
  const isRow = (item: object): boolean => Object.getPrototypeOf(item) === Object.prototype
  return Array.isArray(result) ? ((result.flat() as object[]).filter(isRow) as T[]) : []
}

/** Disables the type-cast function, which the connector would call for every cell. */
const unconverted: Omit<DriverQuery, 'sql'> = { typeCast: undefined }

/** The operations that run on one connection, each with its own deadline. */
class InFlight {
  readonly #abandon = new Set<(error: Error) => void>()

  get size(): number {
    return this.#abandon.size
  }

  /**
   * Settles as `work` does, or rejects with the error of `abandonAll` if that comes first. Calls `onLate` after
   * `timeoutMs` milliseconds; zero means no deadline.
   */
  watch<T>(work: Promise<T>, timeoutMs: number, onLate: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = timeoutMs === 0 ? undefined : setTimeout(onLate, timerMs(timeoutMs))
      const settled = (): void => {
        clearTimeout(timer)
        this.#abandon.delete(abandon)
      }
      const abandon = (error: Error): void => {
        settled()
        reject(error)
      }
      this.#abandon.add(abandon)
      work.finally(settled).then(resolve, reject)
    })
  }

  abandonAll(error: Error): void {
    for (const abandon of this.#abandon) abandon(error)
  }
}
