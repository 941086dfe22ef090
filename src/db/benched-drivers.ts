import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Connection as Mysql2Connection } from 'mysql2/promise'
import { driver } from './connection/driver.ts'
import { barePlace, mysql2Options } from './connection/options.ts'
import { translate } from './failures.ts'
import type { Target } from './target.ts'

/** A driver as it comes: address, login and TLS are set, and nothing else. */
export interface BenchedDriver {
  readonly name: string
  readonly version: string
  /** @throws DbtoolError as every connection of dbtool. */
  connect(): Promise<BenchedConnection>
}

export interface BenchedConnection {
  ping(): Promise<unknown>
  /** Text protocol. */
  rows(sql: string): Promise<readonly Record<string, unknown>[]>
  /** Prepares a statement once, then executes it. */
  execute(sql: string, values: readonly unknown[]): Promise<unknown>
  /** Sends many rows in one message or statement; `sql` has one `(?, ?)`. */
  batch(sql: string, rows: readonly (readonly unknown[])[]): Promise<unknown>
  end(): Promise<void>
}

const require = createRequire(import.meta.url)

function versionOfMysql2(): string {
  const folder = require.resolve('mysql2').replace(/^(.*node_modules\/mysql2)\/.*/, '$1')
  return (JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version: string }).version
}

const mariadbDriver = (target: Target, encrypted: boolean): BenchedDriver => ({
  name: 'mariadb',
  version: driver().version,
  async connect() {
    const connection = await driver().createConnection(barePlace(target, encrypted)).catch(translated(target))
    return {
      ping: () => connection.ping(),
      rows: (sql) => connection.query<Record<string, unknown>[]>(sql),
      execute: (sql, values) => connection.execute(sql, [...values]),
      batch: (sql, rows) =>
        connection.batch(
          sql,
          rows.map((row) => [...row]),
        ),
      end: () => connection.end(),
    }
  },
})

const translated =
  (target: Target) =>
  (error: unknown): never => {
    throw translate(error, target)
  }

/** Resolves to undefined if mysql2 is not installed, since it is only needed for comparison. */
async function mysql2Driver(target: Target, encrypted: boolean): Promise<BenchedDriver | undefined> {
  const mysql2 = await import('mysql2/promise').catch(() => undefined)
  if (mysql2 === undefined) return undefined
  return {
    name: 'mysql2',
    version: versionOfMysql2(),
    async connect() {
      const connection: Mysql2Connection = await mysql2
        .createConnection(mysql2Options(target, encrypted))
        .catch(translated(target))
      return {
        ping: () => connection.ping(),
        rows: async (sql) => (await connection.query(sql))[0] as Record<string, unknown>[],
        execute: (sql, values) => connection.execute(sql, values as never[]),
        // mysql2 has no bulk protocol: one statement contains all rows.
        batch: (sql, rows) => connection.query(sql.replace(/\([?, ]+\)/, '?'), [rows]),
        end: () => connection.end(),
      }
    },
  }
}

/**
 * The drivers that are installed, and the names of those that are not.
 * @param encrypted whether connections to the target are encrypted.
 */
export async function benchedDrivers(
  target: Target,
  encrypted: boolean,
): Promise<{ drivers: BenchedDriver[]; missing: string[] }> {
  const mysql2 = await mysql2Driver(target, encrypted)
  return {
    drivers: [mariadbDriver(target, encrypted), ...(mysql2 === undefined ? [] : [mysql2])],
    missing: mysql2 === undefined ? ['mysql2'] : [],
  }
}

/** A pool of mysql2 as it comes, for comparison. */
export function mysql2Pool(target: Target, size: number): Mysql2Pool {
  const opened = import('mysql2/promise').then((mysql2) =>
    mysql2.createPool({ ...mysql2Options(target, false), connectionLimit: size }),
  )
  return {
    async acquire() {
      const connection = await (await opened).getConnection()
      return { rows: (sql) => connection.query(sql), release: () => connection.release() }
    },
    close: async () => (await opened).end(),
  }
}

/** The parts of a pool of mysql2 that are compared. */
export interface Mysql2Pool {
  acquire(): Promise<{ rows(sql: string): Promise<unknown>; release(): void }>
  close(): Promise<void>
}
