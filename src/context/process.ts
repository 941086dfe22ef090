import type { Config, Inspection } from '../config/config.ts'
import type { ConfigSources } from '../config/layers.ts'
import type { Connection } from '../db/connection/connection.ts'
import type { Database } from '../db/database.ts'
import type { PoolParts } from '../db/pool/open.ts'
import type { Pool } from '../db/pool/pool.ts'
import type { Queries } from '../db/queries.ts'
import type { Limits, Target } from '../db/target.ts'
import type { Output } from '../output/output.ts'
import type { Ask } from '../prompts/ask.ts'
import type { Author } from '../shop/logs.ts'
import { quotedForShell } from '../values.ts'
import { askFor } from './asking.ts'
import type { Context, Invocation, Io, ShopOptions } from './context.ts'
import { inspect } from './inspection.ts'
import type { OwnWrites } from './own-writes.ts'
import { osUserName } from './os-user.ts'
import { retryOptionsFor, traceFor } from './trace.ts'

/**
 * The context of this process. It exists before the command line is read, so that verbs can be declared with it;
 * `begin` then sets the command line.
 */
export class ProcessContext implements Context {
  #invocation: Invocation | undefined
  #inspection: Promise<Inspection> | undefined
  #pool: Promise<Pool> | undefined
  #ask: Ask | undefined
  readonly #noticed = new Set<string>()
  #unlisten = (): void => undefined
  /** The server of the pool, if it is one of several. */
  #server: string | undefined
  #exitCode = 0
  readonly #onWait = (sentence: string): void => this.notice(sentence)

  constructor(readonly io: Io) {}

  begin(invocation: Invocation): void {
    this.#invocation = invocation
  }

  get out(): Output {
    return this.invocation().out
  }

  get ask(): Ask {
    this.#ask ??= askFor(this.io, this.invocation(), () => this.config())
    return this.#ask
  }

  get rawCells(): boolean {
    return this.invocation().rawCells
  }

  get force(): boolean {
    return this.invocation().force
  }

  get fileMode(): number | undefined {
    return this.invocation().fileMode
  }

  commandLine(): string {
    return this.invocation().line
  }

  get exitCode(): number {
    return this.#exitCode
  }

  exitWith(code: number): void {
    this.#exitCode = code
  }

  author(): Author {
    return { osUser: osUserName(), command: this.invocation().command }
  }

  async elsewhere<T>(connection: ConfigSources['flags'], work: (context: Context) => Promise<T>): Promise<T> {
    const context = new ProcessContext(this.io)
    context.begin({ ...this.invocation(), connection })
    try {
      return await work(context)
    } finally {
      await context.close()
    }
  }

  inspection(): Promise<Inspection> {
    this.#inspection ??= inspect(this.io, this.invocation(), () => this.ask)
    return this.#inspection
  }

  async config(): Promise<Config> {
    const inspection = await this.inspection()
    const config = inspection.config ?? (await import('../config/config.ts')).soundConfig(inspection)
    this.out.units.useCurrency(config.currency)
    const { target } = config
    // A reader takes no changes.
    if (target.role !== 'reader' || !this.invocation().changesData) return config
    return { ...config, target: { ...target, role: 'writer' } }
  }

  async db<T>(work: (db: Database) => Promise<T>): Promise<T> {
    const { PooledDatabase } = await import('../db/database.ts')
    const pool = await this.pool()
    await this.firstWork(pool, () => Promise.resolve())
    return work(new PooledDatabase(pool, retryOptionsFor(this.invocation())))
  }

  async shop<T>(
    work: (db: Database) => Promise<T>,
    { dryRun = false, writesInSteps = false }: ShopOptions = {},
  ): Promise<T> {
    const [{ PooledDatabase, RollbackDatabase }, { loadMigrations }, { assertSchema }] = await Promise.all([
      import('../db/database.ts'),
      import('../db/migrations/migration-files.ts'),
      import('../db/migrations/usable.ts'),
    ])
    const pool = await this.pool()
    const db = new (dryRun ? RollbackDatabase : PooledDatabase)(pool, retryOptionsFor(this.invocation()))
    await this.firstWork(pool, (queries) => assertSchema(queries, loadMigrations()))
    if (writesInSteps) await db.reading((await import('../db/binary-log.ts')).assertLoggable)
    return work(db)
  }

  async connection<T>(
    work: (connection: Connection) => Promise<T>,
    limits: Partial<Limits> = { statementTimeoutMs: 0 },
    elsewhere?: Target,
  ): Promise<T> {
    const [{ connect }, { unlessAborted }, { addressOf }] = await Promise.all([
      import('../db/connection/connect.ts'),
      import('../db/on-abort.ts'),
      import('../db/target.ts'),
    ])
    const config = await this.config()
    const target = elsewhere ?? config.target
    // The state of another server than the configured one is asked, and not waited for.
    const patience = elsewhere === undefined ? { onWait: this.#onWait, signal: this.io.signal } : {}
    const options = { onTrace: traceFor(this.invocation()), ...patience, ...(await this.serverHooks()) }
    const connecting = connect(target, { ...config.limits, ...limits }, options)
    const connection = await unlessAborted(this.io.signal, connecting)
    let stopping: Promise<void> | undefined
    const stop = (): void => void (stopping = connection.stop())
    this.io.signal.addEventListener('abort', stop, { once: true })
    try {
      return await work(connection)
    } finally {
      this.io.signal.removeEventListener('abort', stop)
      await this.rememberWrites(target, addressOf(connection.target), (ask) => ask(connection))
      await (stopping ?? connection.close())
    }
  }

  /** Runs the first work on the server; a failover behind its address may not have ended yet. */
  private async firstWork(pool: Pool, work: (queries: Queries) => Promise<unknown>): Promise<void> {
    const [{ patiently }, { withLease }, { limits }] = await Promise.all([
      import('../db/connection/patiently.ts'),
      import('../db/pool/pool.ts'),
      this.config(),
    ])
    await patiently(() => withLease(pool, work), { limits, onWait: this.#onWait, signal: this.io.signal })
  }

  /**
   * Writes the output of the command; `isDone` is false if it failed. Writes nothing without a valid command line. A
   * pager may stay open for long, so the pool is closed before it starts.
   */
  async finish(isDone: boolean): Promise<void> {
    const out = this.#invocation?.out
    if (out?.isRead === true) await this.close()
    await out?.finish(isDone)
  }

  /** Prints the command line that includes the answers of the user, and so needs no prompts. */
  printAnswers(argv: readonly string[]): void {
    const answered = this.#ask?.answered ?? []
    if (answered.length === 0) return
    // After `--`, a flag would count as an argument.
    const end = argv.indexOf('--')
    const withAnswers = argv.toSpliced(end < 0 ? argv.length : end, 0, ...answered)
    this.out.commandLine(`without prompts: dbtool ${withAnswers.map(quotedForShell).join(' ')}`)
  }

  /** Ends the time of `--timing`. */
  stopClock(): void {
    this.#invocation?.stopwatch?.stop()
  }

  /** Prints the times for `--timing`. */
  printTime(): void {
    const { out, stopwatch } = this.#invocation ?? {}
    if (stopwatch !== undefined) out?.timing(stopwatch.read())
  }

  async close(): Promise<void> {
    await this.#pool?.then((pool) => this.closePool(pool)).catch(() => undefined)
    this.#pool = undefined
    this.#unlisten()
  }

  private async closePool(pool: Pool): Promise<void> {
    if (pool.stats().opened > 0) {
      const { withLease } = await import('../db/pool/pool.ts')
      const { target } = await this.config()
      await this.rememberWrites(target, this.#server, (ask) => withLease(pool, ask, { timeoutMs: askingMs }))
    }
    await pool.close(this.io.signal.aborted ? 0 : undefined)
  }

  /** Keeps the position of the writer after a command that changes data, for commands that read from a reader. */
  private async rememberWrites(
    { hosts }: Target,
    server: string | undefined,
    onWriter: (ask: (queries: Queries) => Promise<string | undefined>) => Promise<string | undefined>,
  ): Promise<void> {
    if (hosts === undefined || server === undefined || !this.invocation().changesData) return
    const { positionOf } = await import('../db/cluster/own-writes.ts')
    const answer = async (): Promise<string> => (await onWriter(positionOf)) ?? ''
    const asked = this.io.signal.aborted ? undefined : answer().catch(() => undefined)
    const writes = await this.ownWrites()
    writes.add(await asked, server)
  }

  private async ownWrites(): Promise<OwnWrites> {
    const [{ OwnWrites: Positions }, { target }] = await Promise.all([import('./own-writes.ts'), this.config()])
    return new Positions(this.io, target)
  }

  /** The last write, for the choice of a server, and the listener to sentences about that server. */
  private async serverHooks(): Promise<Pick<PoolParts, 'onNote' | 'ownWrite'>> {
    const onNote = (sentence: string): void => this.notice(sentence)
    const { target, limits } = await this.config()
    if (target.hosts === undefined) return { onNote }
    const [{ lastPosition }, writes] = await Promise.all([import('./own-writes.ts'), this.ownWrites()])
    const onSilent = (): void => this.notice('the writer does not answer: your last change may be missing')
    const asking = { target, limits, onTrace: traceFor(this.invocation()), onSilent }
    return { onNote, ownWrite: { last: () => writes.last(), position: () => lastPosition(writes, asking) } }
  }

  /** Tells a fact about the servers once, also to a program. */
  private notice(sentence: string): void {
    if (!this.#noticed.has(sentence)) this.out.notice(sentence)
    this.#noticed.add(sentence)
  }

  private invocation(): Invocation {
    if (this.#invocation === undefined) throw new Error('a verb ran before its command line was read')
    return this.#invocation
  }

  private pool(): Promise<Pool> {
    this.#pool ??= this.openPool()
    return this.#pool
  }

  private async openPool(): Promise<Pool> {
    const { failoverText, openPool } = await import('../db/pool/open.ts')
    const { target, limits, pool: options } = await this.config()
    const pool = openPool('fair', {
      target,
      limits,
      options,
      onTrace: traceFor(this.invocation()),
      onFailover: (failover) => this.out.notice(failoverText(failover)),
      onChosen: (address) => (this.#server = address),
      ...(await this.serverHooks()),
    })
    // Work that has not finished shortly after Ctrl-C is cut; the server rolls it back.
    const cut = (): void => void pool.close(interruptGraceMs)
    this.io.signal.addEventListener('abort', cut, { once: true })
    this.#unlisten = () => this.io.signal.removeEventListener('abort', cut)
    return pool
  }
}

const interruptGraceMs = 1_000
/** The longest wait for the position of the writer at the end of a command. */
const askingMs = 2_000
