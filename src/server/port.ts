import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Connection } from '../db/connection/connection.ts'
import type { ServerPaths } from './home.ts'
import { databaseName } from './status.ts'
import { loginName } from './login.ts'

/** What a program needs to come in over the port. */
export interface PortAccess {
  readonly port: number
  readonly user: string
  readonly password: string
}

const account = `'dbtool'@'127.0.0.1'`
/** The database of `dbtool demo` too. The underscore is escaped, because it stands for any character in a grant. */
const grantedDatabases = [databaseName, `${databaseName}\\_demo`]

/** Whether this account, as CURRENT_USER() has it, is one that the private server came with. */
export function isOwnAccount(account: string): boolean {
  return account === 'dbtool@127.0.0.1' || account === `${loginName()}@localhost`
}

/** The access of the last start with a port, or undefined. */
export function readPortAccess(paths: ServerPaths): PortAccess | undefined {
  try {
    return JSON.parse(readFileSync(paths.portFile, 'utf8')) as PortAccess
  } catch {
    return undefined
  }
}

/** Makes the one account that may come in over the port. Its password stays the same from start to start. */
export async function openPort(connection: Connection, paths: ServerPaths, port: number): Promise<void> {
  const password = readPortAccess(paths)?.password ?? randomBytes(24).toString('base64url')
  await connection.execute(`CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ?`, [password])
  await connection.execute(`ALTER USER ${account} IDENTIFIED BY ?`, [password])
  for (const database of grantedDatabases) await connection.execute(`GRANT ALL ON \`${database}\`.* TO ${account}`)
  writePortAccess(paths, { port, user: 'dbtool', password })
}

function writePortAccess(paths: ServerPaths, access: PortAccess): void {
  const fresh = `${paths.portFile}.${process.pid}`
  rmSync(fresh, { force: true })
  writeFileSync(fresh, `${JSON.stringify(access)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(fresh, paths.portFile)
}
