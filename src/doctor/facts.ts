import type { Inspection } from '../config/config.ts'
import type { ServerState } from '../db/cluster/server-state.ts'
import type { Connection } from '../db/connection/connection.ts'
import type { EnvFile } from '../config/env-file.ts'
import type { ConfigFault } from '../config/fault.ts'
import type { PoolOptions } from '../db/pool/pool.ts'
import type { Probe } from '../db/connection/probe.ts'
import type { Migrating } from '../db/migrations/lease.ts'
import type { MigrationState } from '../db/migrations/schema-state.ts'
import type { Target } from '../db/target.ts'
import type { DbtoolError, ErrorCode } from '../errors.ts'
import type { AccountGrants } from './grants.ts'

/** All inputs of the doctor. */
export interface DoctorInput {
  readonly inspection: Inspection
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly now: () => Date
  /** Runs `work` on one connection to this target. Rejects with the reason if connecting or logging in fails. */
  readonly connect: <T>(target: Target, work: (connection: Connection) => Promise<T>) => Promise<T>
}

/** A value, or the reason why it is unknown. */
export type Fact<T> = { readonly known: T } | { readonly unknown: string }

export const known = <T>(value: T): Fact<T> => ({ known: value })
export const unknown = (reason: string): Fact<never> => ({ unknown: reason })

/** The error of a failed step. */
export interface Failure {
  readonly code: ErrorCode
  /** The error number of the server, if the error came from the server. */
  readonly errno?: number | undefined
  readonly message: string
  readonly hint: string
}

/** The input of all checks. It is gathered first, and then judged by pure functions. */
export interface Facts {
  readonly configuration: Configuration
  readonly destination: Destination
  readonly route: Route
  /** The connection to the port or the socket: with the login, or without one after a failed login. */
  readonly tcpProbe: Attempt
  readonly encryption: Encryption
  readonly login: Login
  readonly database: { readonly name: string; readonly failure?: Failure | undefined }
  /** `failure`: the server is not MariaDB. */
  readonly product: { readonly version: string } | { readonly failure: Failure }
  readonly session: Probe
  readonly variables: Variables
  /** The place of the server in a Galera cluster or in replication. */
  readonly cluster: ServerState
  /** The servers that connections to the address have reached; undefined where a proxy hides it. */
  readonly reached: readonly (ReachedAddress | undefined)[]
  /** The lead of the server's clock over this machine's. */
  readonly clock: { readonly aheadMs: number }
  readonly databaseDefaults: { readonly charset: string; readonly collation: string }
  readonly usage: Usage
  readonly grants: Grants
  readonly migrations: Migrations
  readonly tables: Tables
  /** The number of rows that violate each invariant, by its name. */
  readonly invariants: ReadonlyMap<string, Fact<number>>
  readonly tool: { readonly node: string; readonly dbtool: string; readonly now: Date }
}

export type FactName = keyof Facts
export type Gathered = { readonly [K in FactName]: Fact<Facts[K]> }

export interface Configuration {
  /** All settings with the origin of their values. */
  readonly settings: readonly { readonly name: string; readonly origin: string }[]
  /** All faults except `exposed`, which is part of `envFile`. */
  readonly faults: readonly ConfigFault[]
  /** The files and servers that were found but not trusted. */
  readonly ignored: readonly ConfigFault[]
  readonly envFile: Pick<EnvFile, 'name' | 'state' | 'holdsPassword' | 'exposed'>
  /** The profile in use, the place that selects it, and the marks of its database: protected, read-only. */
  readonly profile?: { readonly name: string; readonly origin: string; readonly marks: readonly string[] } | undefined
  readonly passwordFile?: { readonly path: string; readonly readableByOthers: boolean } | undefined
  /** The origin of a URL with a password. */
  readonly passwordInUrl?: string | undefined
  /** A sentence for each environment variable that was probably meant for dbtool. */
  readonly strays: readonly string[]
}

export interface Destination {
  readonly target: Target
  readonly pool: PoolOptions
  /** The origin of the address. */
  readonly origin: string
  /** All hosts, if several are configured. */
  readonly hosts?: readonly HostAnswer[]
}

/** One of several hosts, and the reason why it accepts no login. */
export interface HostAnswer {
  readonly host: string
  readonly problem: string | undefined
}

/** A server by its own words. `process` differs also for two servers with the same name and port. */
export interface ReachedAddress {
  readonly process: string
  readonly host: string
  readonly port: number
}

export interface Attempt {
  readonly ms: number
  /** The error code of Node, or TIMEOUT. */
  readonly failure?: string | undefined
}

export interface Route extends Attempt {
  readonly kind: 'socket' | 'address' | 'name'
  readonly addresses: readonly string[]
}

export interface Encryption {
  /** Null: not encrypted. */
  readonly cipher: string | null
  readonly failure?: Failure | undefined
}

export interface Login {
  readonly failure?: Failure | undefined
  /**
   * The hosts from which accounts of this name may connect; empty if no such account exists. Undefined if the accounts
   * could not be listed.
   */
  readonly accounts?: readonly string[] | undefined
}

export interface Variables {
  readonly global: Texts
  readonly session: Texts
}
export type Texts = Readonly<Partial<Record<string, string>>>

export interface Usage {
  /** All connections except the doctor's own. */
  readonly others: number
  /** The connections of this user, except the doctor's own. */
  readonly own: number
}

export interface Grants {
  readonly account: string
  readonly accountGrants: AccountGrants
  /** Whether the server has the names of databases in lower case (lower_case_table_names), so also in its grants. */
  readonly inLowerCase: boolean
  /** Whether it is an account of the private server: its owner, or the account for its port. */
  readonly ofPrivateServer: boolean
}

/** `foreign`: the table schema_migrations belongs to another tool. `migrating`: a process is applying a migration. */
export type Migrations =
  | {
      readonly states: readonly MigrationState[]
      readonly migrating?: Migrating | undefined
      /** The reason why pending migrations cannot be applied. */
      readonly conflict?: DbtoolError | undefined
    }
  | { readonly foreign: Failure }

export interface Tables {
  readonly expected: readonly string[]
  readonly found: readonly {
    readonly name: string
    readonly engine: string | null
    readonly collation: string | null
  }[]
}
