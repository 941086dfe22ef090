import { setTimeout as sleep } from 'node:timers/promises'
import type { DbtoolError } from '../../errors.ts'
import { type ConnectionIdentity, DatabaseError, translate } from '../failures.ts'
import type { PooledConnection } from '../pool/pool.ts'
import { hideSecrets, type Value } from '../queries.ts'
import { isOfThisServer } from '../retry-table.ts'
import { type Target, timerMs } from '../target.ts'
import { alreadyClosed, cancelled, closedMeanwhile, silent, tooLate } from './connection-errors.ts'
import { ConnectionEvents } from './connection-events.ts'
import { InFlight } from './in-flight.ts'
import { LockWatch } from './lock-observer.ts'
import { SessionReset } from './session-reset.ts'
import { SessionState } from './session-state.ts'
import { type ConnectionParts, type RunOptions, Statements } from './statements.ts'
import { forCaller } from '../for-caller.ts'
import { onAbort } from '../on-abort.ts'

const closeTimeoutMs = 1_000
/** Time for the server to stop a cancelled statement; after it, the connection is cut. */
const cancelMs = 2_000
const cancelPollMs = 50
/** Time for the rows on their way to arrive; after it, the server is asked to stop the statement. */
const restMs = 20
/**
 * Errors after which no statement runs. The server shuts down or has ended the connection with KILL, or the connector
 * had noticed the loss and sent nothing.
 */
const notRunning: readonly (number | undefined)[] = [1053, 1927, 45013]

/**
 * One connection to the server. Every operation has a deadline on the client side, every error is a DbtoolError, and
 * every statement can be traced.
 */
export class Connection extends Statements implements PooledConnection {
  readonly #inFlight = new InFlight()
  readonly #session: SessionState
  readonly #reset: SessionReset
  readonly #events: ConnectionEvents
  #cut = false
  /** Statements whose callers wait. */
  #running = 0
  #abandoned = false
  #cancelling: Promise<void> | undefined
  readonly #identity: ConnectionIdentity | undefined

  constructor(parts: ConnectionParts) {
    super(parts)
    this.#session = new SessionState(parts.raw)
    this.#reset = new SessionReset(parts, (timeoutMs, work) => this.bounded(timeoutMs, work))
    this.#events = new ConnectionEvents(parts)
    const { threadId } = parts.raw
    const killer = parts.killer?.isDirect === true ? { killer: parts.killer } : {}
    this.#identity = threadId === null ? undefined : { threadId, server: parts.server, ...killer }
  }

  /** The server that was reached. */
  get target(): Target {
    return this.parts.target
  }

  /** The name of the process of the server that was reached; undefined behind a proxy that hides it. */
  get reached(): string | undefined {
    return this.parts.server
  }

  /** Whether the server has at least this version. */
  isAtLeast(major: number, minor: number): boolean {
    return this.parts.raw.info?.hasMinVersion(major, minor, 0) === true
  }

  /**
   * Resolves to true if the server answers within `timeoutMs` milliseconds. Otherwise destroys the connection and
   * resolves to false.
   */
  async ping(timeoutMs: number): Promise<boolean> {
    return this.bounded(timeoutMs, this.parts.raw.ping()).then(
      () => true,
      () => false,
    )
  }

  get encrypted(): boolean {
    return this.parts.encrypted
  }

  get inTransaction(): boolean {
    return this.#session.inTransaction
  }

  get mayHoldTransaction(): boolean {
    return this.#session.mayHoldTransaction
  }

  get sessionChanged(): boolean {
    return this.#session.isChanged
  }

  get busy(): boolean {
    return (this.#running > 0 && !this.#cut) || this.#cancelling !== undefined
  }

  get cancelling(): boolean {
    return this.#cancelling !== undefined && !this.#cut
  }

  get abandoned(): boolean {
    return this.#abandoned
  }

  get usable(): boolean {
    // The connector does not notice that its socket was cut.
    return !this.#cut && this.parts.raw.isValid()
  }

  whenLost(listener: () => void): void {
    this.parts.raw.on('end', () => {
      this.#events.closed()
      listener()
    })
  }

  /**
   * Closes the connection properly. Never rejects, and takes at most a second, unless a statement must be stopped. A
   * statement that still runs is given up, because the connector would never answer it.
   */
  async close(): Promise<void> {
    if (this.#abandoned || this.#running > 0) await this.stop()
    if (this.usable) await this.bounded(closeTimeoutMs, this.parts.raw.end()).catch(() => undefined)
    this.#events.closed()
  }

  /**
   * Closes the socket at once; the server rolls back when it notices. Operations in flight reject with CONNECTION_LOST.
   */
  destroy(): void {
    this.cut(closedMeanwhile(this.parts.target))
  }

  /**
   * Destroys the connection, and kills its running statement at the server. Resolves when that has ended, or when it
   * takes too long ({@link Killer.kill}). Never rejects.
   */
  async stop(patience?: AbortSignal): Promise<void> {
    this.destroy()
    const { killer } = this.parts
    if (!this.#abandoned || this.#identity === undefined || killer === undefined) return
    // The server notices a closed socket only when it next writes to it, and runs the statement until then.
    this.#abandoned = !(await killer.kill(this.#identity, patience))
  }

  /**
   * Stops the running statements at the server; their callers get `reason` at once. The connection and its transaction
   * stay. Resolves when the statements have ended. If the server does not stop them, the connection is cut. Never
   * rejects.
   */
  async cancel(reason: DbtoolError = cancelled()): Promise<void> {
    if (this.#running > 0 && !this.#cut && this.#cancelling === undefined) {
      this.#cancelling = this.endStatements().finally(() => (this.#cancelling = undefined))
      this.#inFlight.abandonAll(reason)
    }
    await this.#cancelling
  }

  /** Restores the session of a new connection, or rejects if it cannot ({@link SessionReset}). */
  async reset(): Promise<void> {
    await this.#reset.run()
    this.#session.restored()
  }

  protected async run<T>(
    sql: string,
    values: readonly Value[],
    send: () => Promise<T>,
    options: RunOptions = {},
  ): Promise<T> {
    // A KILL QUERY that is on its way must not hit this statement.
    while (this.#cancelling !== undefined) await this.#cancelling
    const started = performance.now()
    const watch = this.watchLocks()
    const stopListening = this.listen(options)
    this.#running += 1
    let failure: Error | undefined
    try {
      options.signal?.throwIfAborted()
      if (this.#cut) throw alreadyClosed(this.parts.target)
      const result = await this.bounded(options.silenceAfterMs ?? this.deadlineMs, send())
      this.#session.succeeded(sql, { keepsSession: options.keepsSession === true, isAlone: this.#running === 1 })
      return result
    } catch (error) {
      failure =
        options.signal?.aborted === true && error === options.signal.reason
          ? cancelled()
          : this.failure(error, sql, values)
      throw forCaller(watch === undefined ? failure : await watch.explain(failure), options.signal)
    } finally {
      this.#running -= 1
      watch?.stop()
      stopListening?.()
      this.#events.ended({ sql, values, ms: performance.now() - started - (options.pausedMs?.() ?? 0), failure })
    }
  }

  /** Cancels the statement when its caller does not want it any more, or after its own time limit. */
  private listen({ signal, timeoutMs, wholeMs = timeoutMs }: RunOptions): (() => void) | undefined {
    if (signal === undefined && timeoutMs === undefined) return undefined
    const late = (): void => void this.cancel(tooLate(wholeMs ?? 0))
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timerMs(timeoutMs))
    const stopListening = onAbort(signal, () => void this.cancel())
    return () => {
      clearTimeout(timer)
      stopListening()
    }
  }

  private async endStatements(): Promise<void> {
    const answered = this.#inFlight.answered().then(() => true)
    let over = false
    for (const deadline = performance.now() + cancelMs; !over && !this.#cut && performance.now() < deadline;) {
      if (this.#identity !== undefined) await this.parts.killer?.cancel(this.#identity)
      over = await Promise.race([answered, sleep(cancelPollMs, false)])
    }
    this.#session.interrupted()
    // The connector does not notice that a connection was cut here; stop() ends its statement.
    if (this.#cut) return
    // It takes a KILL QUERY that came after the end of its statement.
    if (over) await this.bounded(cancelMs, this.parts.raw.query('DO 0')).catch(() => undefined)
    else await this.abandon()
  }

  private watchLocks(): LockWatch | undefined {
    const { locks, limits } = this.parts
    if (locks === undefined || this.#identity === undefined || limits.lockWaitMs === 0) return undefined
    return new LockWatch(locks, this.#identity.threadId, limits.lockWaitMs)
  }

  private failure(error: unknown, sql: string, values: readonly Value[]): Error {
    const translated = translate(hideSecrets(error, values), this.parts.target)
    if (translated instanceof DatabaseError && translated.code === 'CONNECTION_LOST') {
      translated.lost = this.#identity
      this.#abandoned ||= !this.parts.raw.isValid() && !notRunning.includes(translated.errno)
    }
    // A statement with wrong values was not sent.
    if (translated.code !== 'BAD_INPUT') this.#session.failed(translated, sql)
    if (isOfThisServer(translated)) this.parts.onUnfit?.(translated)
    return translated
  }

  protected bounded<T>(
    timeoutMs: number,
    work: Promise<T>,
    late = () => silent(this.parts.target, timeoutMs),
  ): Promise<T> {
    return this.#inFlight.watch(work, timeoutMs, () => this.cut(late()))
  }

  /** A small rest costs less than to stop the statement, for which the server needs another connection. */
  protected async endReading(rest: Promise<void>): Promise<void> {
    this.#running += 1
    try {
      const isOver = await Promise.race([rest.then(() => true), sleep(restMs, false)])
      if (!isOver && !this.#cut && this.#identity?.server !== undefined) {
        // cancel() waits for the rest, because it is in flight.
        const inFlight = this.bounded(0, rest).catch(() => undefined)
        await this.cancel()
        if (this.usable) await this.bounded(cancelMs, rest)
        await inFlight
      }
    } catch {
      // The rest ended with an error, as that of a stopped statement, or too late.
    } finally {
      await this.#cancelling
      this.#running -= 1
    }
  }

  protected async abandon(): Promise<void> {
    this.#abandoned = true
    await this.stop()
  }

  private cut(reason: DatabaseError): void {
    // The caller of a cancelled statement has its error already; the statement may still run.
    this.#abandoned ||= this.#running > 0 || this.#cancelling !== undefined
    this.#cut = true
    this.parts.cut()
    this.#events.closed()
    this.#inFlight.abandonAll(reason)
  }
}
