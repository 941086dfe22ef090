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

/** The process as dbtool sees it; tests supply their own. */
export interface Io {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Screen
  readonly stderr: Screen
  /** Aborted by Ctrl-C, SIGTERM or SIGHUP; the reason is the name of the signal. */
  readonly signal: AbortSignal
  readonly now: () => Date
  /** Start of the process on the clock of `performance.now()`; undefined: the moment when its command line is read. */
  readonly startedMs?: number | undefined
}

/** One command line: the command, and the flags that every command has. */
export interface Invocation {
  /** The command as typed, such as `users create`. */
  readonly command: string
  /** The whole command line for a shell; passwords are masked. */
  readonly line: string
  readonly out: Output
  readonly connection: ConfigSources['flags']
  /** `--profile`. */
  readonly profile: string | undefined
  /** `--defaults-file`. */
  readonly optionFile: string | undefined
  readonly envFile: string | undefined
  /** The name of the database from `--confirm`. */
  readonly confirmed: string | undefined
  readonly askPassword: boolean
  readonly passwordFromStdin: boolean
  readonly noInput: boolean
  readonly sql: boolean
  readonly verbose: boolean
  /** Defined with `--timing`. */
  readonly stopwatch: Stopwatch | undefined
  readonly rawCells: boolean
  /** `--force`. */
  readonly force: boolean
  readonly fileMode: number | undefined
  /** Whether the command changes data. */
  readonly changesData: boolean
}

export interface ShopOptions {
  /** Rolls back every transaction. */
  readonly dryRun?: boolean
  /** The work has several steps, also outside the database: the server must be able to log them all. */
  readonly writesInSteps?: boolean
}

/** The environment of a verb. The shop, reports and stress never see it. */
export interface Context {
  readonly io: Io
  readonly out: Output
  readonly ask: Ask
  /** `--raw`: CSV cells are read and written unchanged. */
  readonly rawCells: boolean
  /** `--force`: an existing file is replaced. */
  readonly force: boolean
  /** `--mode`: the permissions of the files that the command writes. */
  readonly fileMode: number | undefined
  /** Resolves to the settings. Rejects with BAD_CONFIG and all faults; {@link inspection} resolves to them instead. */
  config(): Promise<Config>
  /** Resolves to the settings with their sources and faults. */
  inspection(): Promise<Inspection>
  /** Runs `work` on the configured database, without a check of its schema. */
  db<T>(work: (db: Database) => Promise<T>): Promise<T>
  /** Runs `work` on the shop. Rejects if its schema is not up to date. */
  shop<T>(work: (db: Database) => Promise<T>, options?: ShopOptions): Promise<T>
  /**
   * Runs `work` on one connection outside the pool, by default without a statement time-out. Connects to the configured
   * target, or to `elsewhere`.
   */
  connection<T>(work: (connection: Connection) => Promise<T>, limits?: Partial<Limits>, elsewhere?: Target): Promise<T>
  /** The command line, to be copied into a shell; passwords are masked. */
  commandLine(): string
  /** Sets the exit code of a command that succeeds otherwise: that of another program which it has run. */
  exitWith(code: number): void
  /** The author of changes, for the log. */
  author(): Author
  /** Runs `work` in a context with other connection settings, and closes its connections afterwards. */
  elsewhere<T>(connection: ConfigSources['flags'], work: (context: Context) => Promise<T>): Promise<T>
  /** Closes the pool. Never rejects. */
  close(): Promise<void>
}
