import { createRequire } from 'node:module'
import type * as mariadb from 'mariadb'

export type DriverConnection = mariadb.Connection
export type DriverQuery = mariadb.QueryOptions
export type DriverPool = mariadb.Pool
/** The connector's types omit the last two. */
export type DriverOptions = mariadb.ConnectionConfig & { permitRedirect?: boolean; restrictedAuth?: string[] }

/**
 * The connector, loaded when it is first asked for: of the package its CommonJS build, which loads in less than half
 * the time of the ES modules;
 * in the command line, scripts/connector.mjs puts a file in its place that has these names only.
 */
export const driver = (): Pick<typeof mariadb, 'createConnection' | 'createPool' | 'version'> =>
  require('mariadb') as typeof mariadb

const require = createRequire(import.meta.filename)
