import { type ConnectionIdentity, DatabaseError, translate } from '../failures.ts'
import type { PooledConnection } from '../pool/pool.ts'
import { type Change, hideSecrets, type OnTrace, Secret, type Value } from '../queries.ts'
import { isConnectionLoss, ruleOf } from '../retry-table.ts'
import { addressOf, type Limits, type Target, timerMs } from '../target.ts'
import { writeInstant } from '../utc.ts'
import type { DriverConnection, DriverQuery } from './driver.ts'

/** The server stops a statement itself; this long after its limit, a silent server counts as lost. */
const silenceMs = 2_000
const goodbyeMs = 1_000
const inTransactionFlag = 1

export interface ConnectionParts {
  readonly raw: DriverConnection
  readonly target: Target
  readonly limits: Limits
  readonly encrypted: boolean
  readonly onTrace?: OnTrace | undefined
  /** Closes the socket without asking anybody. */
  readonly cut: () => void
  /** Has the server end the connection with this number, and waits until it has. Never rejects. */
  readonly kill?: (threadId: number) => Promise<void>
}

interface ServerStatus {
  readonly info: { readonly status: number } | null
}

/** One connection: every operation has a deadline on this side, every error is ours, every statement can be traced. */
export class Connection implements PooledConnection {
  readonly #parts: ConnectionParts
  readonly #inFlight = new InFlight()
  /** Only a success tells how the transaction stands; after an error it is in doubt, unless the error ended it. */
  #transaction: 'told' | 'doubtful' | 'ended' = 'told'
  #cut = false
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
    return firstResultSet<T>(await this.run(sql, values, (bound) => this.#parts.raw.execute<unknown>(sql, bound)))
  }

  async rawRows<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    return firstResultSet<T>(
      await this.run(sql, values, (bound) => this.#parts.raw.query<unknown>({ ...unconverted, sql }, bound)),
    )
  }

  async bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]> {
    if (rows.length === 0) return []
    const bound = rows.map((row) => row.map(forDriver))
    const send = (): Promise<unknown> =>
      this.#parts.raw.batch(sql, bound).catch((error: unknown) => {
        throw hideSecrets(error, rows.flat())
      })
    return resultSets<T>(await this.run(sql, [`rows: ${rows.length}`], send))
  }

  /** Resolves to false when the server does not answer within `timeoutMs`; the connection is then destroyed. */
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
    return this.inTransaction || this.#transaction === 'doubtful'
  }

  get busy(): boolean {
    return this.#inFlight.size > 0
  }

  get usable(): boolean {
    // The connector does not notice that its socket was cut.
    return !this.#cut && this.#parts.raw.isValid()
  }

  /** Says good-bye to the server. Never rejects, never takes longer than a second. */
  async close(): Promise<void> {
    if (!this.usable) return
    await this.bounded(goodbyeMs, this.#parts.raw.end()).catch(() => undefined)
  }

  /**
   * Closes the socket at once; the server rolls back when it notices. What is in flight rejects with CONNECTION_LOST.
   */
  destroy(): void {
    const message = `the connection to ${addressOf(this.#parts.target)} was closed while a statement was running`
    this.cut(message, 'look whether it took place before you try again')
  }

  async stop(): Promise<void> {
    const wasBusy = this.busy
    this.destroy()
    // A statement runs on at the server until it next has something to say to us.
    if (wasBusy && this.#identity !== undefined) await this.#parts.kill?.(this.#identity.threadId)
  }

  /**
   * The text protocol pastes values into the statement, which the server quotes when it does not understand it: not for
   * secrets.
   */
  private query(sql: string, values: readonly Value[]): Promise<unknown> {
    const { raw } = this.#parts
    const secret = values.some((value) => value instanceof Secret)
    return this.run(sql, values, (bound) =>
      secret ? raw.execute<unknown>(sql, bound) : raw.query<unknown>(sql, bound),
    )
  }

  private async run<T>(sql: string, values: readonly Value[], send: (bound: unknown[]) => Promise<T>): Promise<T> {
    const { limits, onTrace, target } = this.#parts
    const started = performance.now()
    let failed = true
    try {
      if (this.#cut)
        throw new DatabaseError('CONNECTION_LOST', `the connection to ${addressOf(target)} is closed`, {
          hint: 'try again',
        })
      const timeoutMs = limits.statementTimeoutMs === 0 ? 0 : limits.statementTimeoutMs + silenceMs
      const result = await this.bounded(timeoutMs, send(values.map(forDriver)))
      this.#transaction = 'told'
      failed = false
      return result
    } catch (error) {
      throw this.failure(error, values)
    } finally {
      onTrace?.({ sql, values, ms: performance.now() - started, failed })
    }
  }

  private failure(error: unknown, values: readonly Value[]): Error {
    const ours = translate(hideSecrets(error, values), this.#parts.target)
    if (ours instanceof DatabaseError && ours.code === 'CONNECTION_LOST') ours.lost = this.#identity
    const ended = ours instanceof DatabaseError && !isConnectionLoss(ours) && ruleOf(ours).transaction === 'ended'
    this.#transaction = ended || this.#transaction === 'ended' ? 'ended' : 'doubtful'
    return ours
  }

  private bounded<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
    return this.#inFlight.watch(work, timeoutMs, () => this.giveUp(timeoutMs))
  }

  private giveUp(timeoutMs: number): void {
    const message = `${addressOf(this.#parts.target)} has not answered for ${Math.round(timeoutMs)} ms`
    this.cut(message, 'the server hangs or the network lost it; the connection was given up')
  }

  private cut(message: string, hint: string): void {
    this.#cut = true
    this.#parts.cut()
    this.#inFlight.abandonAll(new DatabaseError('CONNECTION_LOST', message, { hint }))
  }
}

/** A bound value as the connector takes it. */
function forDriver(value: Value): Exclude<Value, Secret | Date> {
  if (value instanceof Secret) return value.reveal()
  return value instanceof Date ? writeInstant(value) : value
}

/**
 * A compound statement answers with [rows, status], a plain one with its rows, one that has no result set with its
 * status.
 */
function firstResultSet<T>(result: unknown): T[] {
  if (!Array.isArray(result)) return []
  return (Array.isArray(result[0]) ? result[0] : result) as T[]
}

/** What a bulk statement answers: one result set, or one for each row where the server takes them one by one. */
function resultSets<T>(result: unknown): T[] {
  return Array.isArray(result) ? (result.flat() as T[]) : []
}

/** Without the function that would be asked about every cell. */
const unconverted: Omit<DriverQuery, 'sql'> = { typeCast: undefined }

/** The operations that run on one connection, each with a deadline of its own. */
class InFlight {
  readonly #abandon = new Set<(error: Error) => void>()

  get size(): number {
    return this.#abandon.size
  }

  /**
   * Settles as `work` does, or as `abandonAll` says before that. `late` is called after `timeoutMs`; zero is no
   * deadline.
   */
  watch<T>(work: Promise<T>, timeoutMs: number, late: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = timeoutMs === 0 ? undefined : setTimeout(late, timerMs(timeoutMs))
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
