import type { Readable } from 'node:stream'
import type { Config, Inspection } from '../config/config.ts'
import type { ConfigSources } from '../config/layers.ts'
import type { Stopwatch } from './stopwatch.ts'
import type { Connection } from '../db/connection/connection.ts'
import type { Database } from '../db/database.ts'
import type { Limits, Target } from '../db/target.ts'
import type { Output, Screen } from '../output/output.ts'
import type { Author } from '../shop/logs.ts'
import type { Ask } from '../prompts/ask.ts'

/** The process as dbtool sees it; tests bring their own. */
export interface Io {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Screen
  readonly stderr: Screen
  /** Aborted by Ctrl-C, SIGTERM and SIGHUP, whose name is its reason. */
  readonly signal: AbortSignal
  readonly now: () => Date
  /** When it began, on the clock of `performance.now()`; undefined: when its command line is read. */
  readonly startedMs?: number | undefined
}

/** What the flags say that every command takes, and which command it is. */
export interface Invocation {
  /** As it is typed: `users create`. */
  readonly command: string
  readonly out: Output
  readonly connection: ConfigSources['flags']
  /** `--profile`. */
  readonly profile: string | undefined
  /** `--defaults-file`. */
  readonly optionFile: string | undefined
  readonly envFile: string | undefined
  /** The name of the database, typed beforehand: `--confirm`. */
  readonly confirmed: string | undefined
  readonly askPassword: boolean
  readonly passwordFromStdin: boolean
  readonly noInput: boolean
  readonly sql: boolean
  readonly verbose: boolean
  /** Runs with `--timing`. */
  readonly stopwatch: Stopwatch | undefined
  readonly rawCells: boolean
}

/** What a verb works with. The shop, reports and stress never see it. */
export interface Context {
  readonly io: Io
  readonly out: Output
  readonly ask: Ask
  /** CSV cells are read and written as they are: `--raw`. */
  readonly rawCells: boolean
  /** Rejects with BAD_CONFIG naming everything that is wrong; {@link inspection} tells it instead. */
  config(): Promise<Config>
  inspection(): Promise<Inspection>
  /** Any database, whatever is in it. */
  db<T>(work: (db: Database) => Promise<T>): Promise<T>
  /** The shop: its schema must be up to date. A dry run rolls every transaction back. */
  shop<T>(work: (db: Database) => Promise<T>, options?: { dryRun?: boolean }): Promise<T>
  /**
   * One connection outside of the pool, without a statement time-out unless `limits` say otherwise; to what is
   * configured, or to `elsewhere`.
   */
  connection<T>(work: (connection: Connection) => Promise<T>, limits?: Partial<Limits>, elsewhere?: Target): Promise<T>
  /** Who changes something now, for the log. */
  author(): Author
  /** The same command with another connection, which is closed after `work`. */
  elsewhere<T>(connection: ConfigSources['flags'], work: (context: Context) => Promise<T>): Promise<T>
  close(): Promise<void>
}
