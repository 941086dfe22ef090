import { DatabaseError, translate } from './failures.ts'
import type { DriverConnection } from './driver.ts'
import { Secret, type Change, type OnTrace, type Session, type Value } from './queries.ts'
import { addressOf, type Limits, type Target } from './target.ts'

/** The server stops a statement itself; this long after its limit, a silent server counts as lost. */
const silenceMs = 2_000
const goodbyeMs = 1_000
const inTransactionFlag = 1
/** After these the server has already ended the transaction, and an error packet does not say so. */
const transactionEnders = new Set([1213, 1020])

export interface ConnectionParts {
  readonly raw: DriverConnection
  readonly target: Target
  readonly limits: Limits
  readonly onTrace?: OnTrace | undefined
  /** Closes the socket without asking anybody. */
  readonly cut: () => void
}

interface ServerStatus {
  readonly info: { readonly status: number } | null
}

/** One connection: every operation has a deadline on this side, every error is ours, every statement can be traced. */
export class Connection implements Session {
  readonly #parts: ConnectionParts
  readonly #inFlight = new Set<(error: Error) => void>()
  #transactionEnded = false

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  rows<T>(sql: string, values: readonly Value[] = []): Promise<T[]> {
    return this.run(sql, values, (bound) => this.#parts.raw.query<T[]>(sql, bound))
  }

  async change(sql: string, values: readonly Value[] = []): Promise<Change> {
    const result = await this.run(sql, values, (bound) => this.#parts.raw.query<Partial<Change> | undefined>(sql, bound))
    return { affectedRows: result?.affectedRows ?? 0, insertId: result?.insertId ?? 0 }
  }

  async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
    const result = await this.run(sql, values, (bound) => this.#parts.raw.execute<T[] | [T[], unknown]>(sql, bound))
    // A compound statement answers with [rows, status], a plain one with its rows.
    return Array.isArray(result[0]) ? result[0] : (result as T[])
  }

  /** Resolves to false when the server does not answer within `timeoutMs`; the connection is then destroyed. */
  async ping(timeoutMs: number): Promise<boolean> {
    return this.bounded(timeoutMs, this.#parts.raw.ping()).then(
      () => true,
      () => false,
    )
  }

  get inTransaction(): boolean {
    const status = (this.#parts.raw as unknown as ServerStatus).info?.status ?? 0
    return !this.#transactionEnded && (status & inTransactionFlag) === inTransactionFlag
  }

  get usable(): boolean {
    return this.#parts.raw.isValid()
  }

  /** Says good-bye to the server. Never rejects, never takes longer than a second. */
  async close(): Promise<void> {
    if (!this.usable) return
    await this.bounded(goodbyeMs, this.#parts.raw.end()).catch(() => undefined)
  }

  /** Closes the socket at once; the server rolls back when it notices. What is in flight rejects with CONNECTION_LOST. */
  destroy(): void {
    this.#parts.cut()
    this.abandon(`the connection to ${addressOf(this.#parts.target)} was closed while a statement was running`)
  }

  private abandon(message: string, hint?: string): void {
    const error = new DatabaseError('CONNECTION_LOST', message, { hint })
    for (const reject of this.#inFlight) reject(error)
  }

  private async run<T>(sql: string, values: readonly Value[], send: (bound: unknown[]) => Promise<T>): Promise<T> {
    const { limits, onTrace, target } = this.#parts
    const started = performance.now()
    let failed = true
    try {
      const bound = values.map((value) => (value instanceof Secret ? value.reveal() : value))
      const timeoutMs = limits.statementTimeoutMs === 0 ? 0 : limits.statementTimeoutMs + silenceMs
      const result = await this.bounded(timeoutMs, send(bound))
      this.#transactionEnded = false
      failed = false
      return result
    } catch (error) {
      const ours = translate(error, target)
      if (ours instanceof DatabaseError && transactionEnders.has(ours.errno ?? 0)) this.#transactionEnded = true
      throw ours
    } finally {
      onTrace?.({ sql, values, ms: performance.now() - started, failed })
    }
  }

  private bounded<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = timeoutMs === 0 ? undefined : setTimeout(() => this.giveUp(timeoutMs), timeoutMs)
      this.#inFlight.add(reject)
      const settled = (): void => {
        clearTimeout(timer)
        this.#inFlight.delete(reject)
      }
      work.finally(settled).then(resolve, reject)
    })
  }

  private giveUp(timeoutMs: number): void {
    this.abandon(`${addressOf(this.#parts.target)} has not answered for ${Math.round(timeoutMs)} ms`, 'the server hangs or the network lost it; the connection was given up')
    this.#parts.cut()
  }
}
