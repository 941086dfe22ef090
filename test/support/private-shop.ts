import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll } from 'vitest'
import type { ServerPaths } from '../../src/server/home.ts'
import { withSession } from '../../src/server/session.ts'
import { startServer } from '../../src/server/start.ts'
import { serverStatus } from '../../src/server/status.ts'
import { freePort } from '../server/free-port.ts'
import { homeOfFile } from '../server/temporary-home.ts'
import { dbtool, type Outcome, type Situation } from './cli.ts'

/** A private server of a test file, with a shop in its database, and a port. */
export interface PrivateShop {
  readonly paths: ServerPaths
  readonly env: Record<string, string>
  run(line: string | readonly string[], more?: Situation): Promise<Outcome>
  query<T>(sql: string): Promise<T[]>
  /** Everything that must stay if a command is refused. */
  state(): Promise<unknown>
}

export function privateShop(): PrivateShop {
  const paths = homeOfFile()
  const env = { DBTOOL_HOME: paths.home, PATH: process.env['PATH'] ?? '' }
  const run: PrivateShop['run'] = (line, { env: more, ...situation } = {}) =>
    dbtool(line, { ...situation, env: { ...env, ...more } })
  const query = <T>(sql: string): Promise<T[]> =>
    withSession(paths, async (session) => {
      await session.execute('USE dbtool')
      return session.rows<T>(sql)
    })
  beforeAll(async () => {
    await startServer(paths, { port: await freePort() })
    for (const line of ['db migrate', 'db seed --users 5 --products 5 --orders 20']) await run(line)
  }, 120_000)
  return {
    paths,
    env,
    run,
    query,
    state: async () => [
      await serverStatus(paths),
      readdirSync(paths.directory).sort(),
      readdirSync(paths.run).sort(),
      statSync(join(paths.data, 'ibdata1')).ino,
      await query('SELECT COUNT(*) AS orders, MAX(id) AS last FROM orders'),
    ],
  }
}
