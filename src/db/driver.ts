import { createRequire } from 'node:module'
import type * as mariadb from 'mariadb'

export type DriverConnection = mariadb.Connection
export type DriverQuery = mariadb.QueryOptions
export type DriverPool = mariadb.Pool
/** The connector's types leave out the last. */
export type DriverOptions = mariadb.ConnectionConfig & { permitRedirect?: boolean }

/** The connector, as its CommonJS build: it loads in less than half the time of the ES modules. */
export const driver = createRequire(import.meta.url)('mariadb') as typeof mariadb
