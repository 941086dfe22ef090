import type { Inspection } from '../config/config.ts'
import type { Connection } from '../db/connection/connection.ts'
import type { EnvFile } from '../config/env-file.ts'
import type { ConfigFault } from '../config/fault.ts'
import type { PoolOptions } from '../db/pool/pool.ts'
import type { Probe } from '../db/connection/probe.ts'
import type { MigrationState } from '../db/migrations/schema-state.ts'
import type { Target } from '../db/target.ts'
import type { ErrorCode } from '../errors.ts'
import type { Holdings } from './grants.ts'

/** What the doctor needs of the world. */
export interface DoctorInput {
  readonly inspection: Inspection
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly now: () => Date
  /** One connection to this target; rejects with the reason why nobody is let in. */
  readonly connect: <T>(target: Target, work: (connection: Connection) => Promise<T>) => Promise<T>
}

/** Something that was found out, or why it could not be. */
export type Fact<T> = { readonly known: T } | { readonly unknown: string }

export const known = <T>(value: T): Fact<T> => ({ known: value })
export const unknown = (reason: string): Fact<never> => ({ unknown: reason })

/** Why something did not come about. */
export interface Failure {
  readonly code: ErrorCode
  /** The server's number, where it was the server. */
  readonly errno?: number | undefined
  readonly message: string
  readonly hint: string
}

/** Everything that the checks judge. It is gathered first, and judged afterwards by functions that ask nobody. */
export interface Facts {
  readonly configuration: Configuration
  readonly destination: Destination
  readonly route: Route
  readonly door: Attempt
  readonly encryption: Encryption
  readonly login: Login
  readonly database: { readonly name: string; readonly failure?: Failure | undefined }
  /** `failure`: it is no MariaDB. */
  readonly product: { readonly version: string } | { readonly failure: Failure }
  readonly session: Probe
  readonly variables: Variables
  /** How far the server's clock is ahead of this machine's. */
  readonly clock: { readonly aheadMs: number }
  readonly databaseDefaults: { readonly charset: string; readonly collation: string }
  readonly usage: Usage
  readonly grants: Grants
  readonly migrations: Migrations
  readonly tables: Tables
  /** By the name of the invariant: how many rows contradict it. */
  readonly invariants: ReadonlyMap<string, Fact<number>>
  readonly tool: { readonly node: string; readonly dbtool: string; readonly now: Date }
}

export type FactName = keyof Facts
export type Gathered = { readonly [K in FactName]: Fact<Facts[K]> }

export interface Configuration {
  /** Each with where its value comes from. */
  readonly settings: readonly { readonly name: string; readonly origin: string }[]
  /** Without the one of the env file, which is there. */
  readonly faults: readonly ConfigFault[]
  readonly envFile: Pick<EnvFile, 'name' | 'state' | 'holdsPassword' | 'exposed'>
  /** The one that is used, where it was asked for, and what is said of its database: protected, only read. */
  readonly profile?: { readonly name: string; readonly origin: string; readonly marks: readonly string[] } | undefined
  readonly passwordFile?: { readonly path: string; readonly readableByOthers: boolean } | undefined
  /** Where a URL with a password came from. */
  readonly passwordInUrl?: string | undefined
  /** Variables of the environment that were probably meant for dbtool: a sentence each. */
  readonly strays: readonly string[]
}

export interface Destination {
  readonly target: Target
  readonly pool: PoolOptions
  /** Where the address came from. */
  readonly origin: string
}

export interface Attempt {
  readonly ms: number
  /** The code of the error of Node, or TIMEOUT. */
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
   * The hosts that an account of this name may come from, where somebody could be asked; none: there is no such
   * account.
   */
  readonly accounts?: readonly string[] | undefined
}

export interface Variables {
  readonly global: Texts
  readonly session: Texts
}
export type Texts = Readonly<Partial<Record<string, string>>>

export interface Usage {
  /** Connections of others. */
  readonly others: number
  /** Those of this user, but for doctor's own. */
  readonly own: number
}

export interface Grants {
  readonly account: string
  readonly holdings: Holdings
  /** Who started the private server, or the account that it makes for its port. */
  readonly ofPrivateServer: boolean
}

/** `foreign`: the table of that name is another tool's. */
export type Migrations = { readonly states: readonly MigrationState[] } | { readonly foreign: Failure }

export interface Tables {
  readonly expected: readonly string[]
  readonly found: readonly {
    readonly name: string
    readonly engine: string | null
    readonly collation: string | null
  }[]
}
