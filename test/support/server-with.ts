import { beforeAll } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import { migrate } from '../../src/db/migrations/migrate.ts'
import { loadMigrations } from '../../src/db/migrations/migration-files.ts'
import { socketTarget } from '../../src/db/target.ts'
import { prepareDirectories } from '../../src/server/directories.ts'
import type { ServerPaths } from '../../src/server/home.ts'
import { launch } from '../../src/server/launch.ts'
import { loginName } from '../../src/server/login.ts'
import { findPrograms } from '../../src/server/programs.ts'
import { homeOfFile } from '../server/temporary-home.ts'

export interface ServerWithShop {
  readonly paths: ServerPaths
  readonly socket: string
  /** The owner of the server works in its database `dbtool`. */
  readonly env: Record<string, string>
}

/** A server with options of its own, for the tests of a file, with a shop of one user and two products. */
export function serverWith(...options: readonly string[]): ServerWithShop {
  const paths = homeOfFile()
  beforeAll(async () => {
    const [programs, user] = [findPrograms(), prepareDirectories(paths)]
    const given = { ...user, arguments: [...user.arguments, ...options] }
    await launch({ paths, programs, user: given, port: undefined })
    const db = await connect(socketTarget(paths.socket, loginName()))
    await db.execute('CREATE DATABASE dbtool CHARACTER SET utf8mb4')
    await db.execute('USE dbtool')
    await migrate({ session: db, known: loadMigrations() })
    await db.execute("INSERT INTO users (username, email, password_hash) VALUES ('ada', 'ada@example.com', '!')")
    const product = 'INSERT INTO products (id, sku, name, price, stock, stock_received) VALUES'
    await db.execute(`${product} (1, 'A', 'A', 1, 9, 9), (2, 'B', 'B', 1, 9, 9)`)
    await db.close()
  }, 120_000)
  const { socket, home } = paths
  return { paths, socket, env: { DBTOOL_HOME: home, DB_SOCKET: socket, DB_USER: loginName(), DB_NAME: 'dbtool' } }
}
