import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Connection } from '../db/connection/connection.ts'
import { replaceFile } from '../write-file.ts'
import type { ServerPaths } from './home.ts'
import { databaseName } from './status.ts'
import { loginName } from './login.ts'

/** The port and the account for programs that connect over TCP. */
export interface PortAccess {
  readonly port: number
  readonly user: string
  readonly password: string
}

const account = `'dbtool'@'127.0.0.1'`
/** Includes the database of `dbtool demo`. Its underscore is escaped, because in a grant it matches any character. */
const grantedDatabases = [databaseName, `${databaseName}\\_demo`]

/** True if this account, in the form of CURRENT_USER(), is one that dbtool created on the private server. */
export function isOwnAccount(account: string): boolean {
  return account === 'dbtool@127.0.0.1' || account === `${loginName()}@localhost`
}

/** Reads the access of the last start with a port; undefined without one. */
export function readPortAccess(paths: ServerPaths): PortAccess | undefined {
  try {
    return JSON.parse(readFileSync(paths.portFile, 'utf8')) as PortAccess
  } catch {
    return undefined
  }
}

/** Creates the only account for connections over the port. Its password stays the same at every start. */
export async function openPort(connection: Connection, paths: ServerPaths, port: number): Promise<void> {
  const password = readPortAccess(paths)?.password ?? randomBytes(24).toString('base64url')
  await connection.execute(`CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ?`, [password])
  await connection.execute(`ALTER USER ${account} IDENTIFIED BY ?`, [password])
  for (const database of grantedDatabases) await connection.execute(`GRANT ALL ON \`${database}\`.* TO ${account}`)
  writePortAccess(paths, { port, user: 'dbtool', password })
}

function writePortAccess(paths: ServerPaths, access: PortAccess): void {
  replaceFile(paths.portFile, `${JSON.stringify(access)}\n`, { mode: 0o600 })
}
