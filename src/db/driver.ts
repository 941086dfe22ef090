import { createRequire } from 'node:module'
import type * as mariadb from 'mariadb'

export type DriverConnection = mariadb.Connection
export type DriverQuery = mariadb.QueryOptions
export type DriverPool = mariadb.Pool
/** The connector's types leave out the last. */
export type DriverOptions = mariadb.ConnectionConfig & { permitRedirect?: boolean }

/** The connector, as its CommonJS build: it loads in less than half the time of the ES modules. Loaded when it is first asked for. */
export const driver = (): typeof mariadb => require('mariadb') as typeof mariadb

const require = createRequire(import.meta.filename)
