import { createRequire } from 'node:module'
import type * as mariadb from 'mariadb'

export type DriverConnection = mariadb.Connection
export type DriverQuery = mariadb.QueryOptions
export type FieldInfo = mariadb.FieldInfo
export type DriverPool = mariadb.Pool
/** The connector's types omit the last two. */
export type DriverOptions = mariadb.ConnectionConfig & { permitRedirect?: boolean; restrictedAuth?: string[] }

type Driver = Pick<typeof mariadb, 'createConnection' | 'createPool' | 'version'>

/** Loads the connector at its first use. In the library, scripts/bundle.mjs makes it an import that bundlers follow. */
export const loadDriver = (): Promise<Driver> => Promise.resolve(driver())

/**
 * Loads the connector at its first use. From the package this is the CommonJS build, which loads in less than half the
 * time of the ES modules. For the command line, scripts/connector.mjs replaces it with a file that has only these
 * names.
 */
export const driver = (): Driver => require('mariadb') as typeof mariadb

const require = createRequire(import.meta.filename)
