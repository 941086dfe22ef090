import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { connect } from '../../src/db/connection/connect.ts'
import { migrate } from '../../src/db/migrations/migrate.ts'
import { loadMigrations } from '../../src/db/migrations/migration-files.ts'
import { socketTarget, type Target } from '../../src/db/target.ts'
import { accountSql } from '../../src/db/privileges/accounts.ts'
import { prepareDirectories } from '../../src/server/directories.ts'
import { serverPaths } from '../../src/server/home.ts'
import { installData } from '../../src/server/install.ts'
import { launch } from '../../src/server/launch.ts'
import { findPrograms } from '../../src/server/programs.ts'
import { withSession } from '../../src/server/session.ts'
import { startServer } from '../../src/server/start.ts'
import { stopServer } from '../../src/server/stop.ts'
import { folderForData } from './memory.ts'
import { appAccount } from './people.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** DBTOOL_HOME of the private server that all tests share. */
    home: string
    socket: string
    /** The data directory of a private server that has never run. */
    freshData: string
    osUser: string
    /** Of the application user, as whom the shop is run. */
    appPassword: string
    /** The tables of a migrated database. */
    schema: Schema
  }
}

/** What the migrations make: a statement for each table, and a query for the list of the migrations. */
export interface Schema {
  readonly tables: readonly string[]
  readonly applied: string
}

/** One private MariaDB for the whole run, in a temporary home; every test file makes databases of its own in it. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  buildIfMissing()
  const home = realpathSync(mkdtempSync(join(folderForData(), 'dbtool-test-')))
  const paths = serverPaths({ DBTOOL_HOME: home })
  const release = watchOver(home, paths.pidFile)
  const [programs, user] = [findPrograms(), prepareDirectories(paths)]
  await installData({ paths, programs, user })
  project.provide('freshData', copied(paths.data, join(home, 'fresh-data')))
  // From 11.4 on, MariaDB makes a certificate for itself; tests of TLS have servers of their own.
  const withoutTls = { ...user, arguments: [...user.arguments, '--skip-ssl'] }
  await launch({ paths, programs, user: withoutTls, port: undefined })
  const { status } = await startServer(paths)
  project.provide('home', home)
  project.provide('socket', paths.socket)
  project.provide('osUser', status.user ?? '')
  const appPassword = randomBytes(16).toString('hex')
  await withSession(paths, (session) =>
    session.execute(`CREATE USER ${accountSql(appAccount)} IDENTIFIED BY ?`, [appPassword]),
  )
  project.provide('appPassword', appPassword)
  project.provide('schema', await migratedSchema(socketTarget(paths.socket, status.user ?? '', 'migrated')))
  return async () => {
    await stopServer(paths)
    rmSync(home, { recursive: true, force: true })
    release()
  }
}

/** Migrates a template once. The tables of all test databases are created from it, in an eighth of the time. */
async function migratedSchema(template: Target): Promise<Schema> {
  const { database = '' } = template
  const server = await connect({ ...template, database: undefined })
  await server.execute(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  await server.close()
  const session = await connect(template)
  await migrate({ session, known: loadMigrations() })
  const names = await session.rows<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  )
  const tables: string[] = []
  for (const { name } of names) {
    const [row] = await session.rows<{ 'Create Table': string }>(`SHOW CREATE TABLE ${name}`)
    tables.push(row?.['Create Table'] ?? '')
  }
  await session.close()
  return { tables, applied: `SELECT * FROM ${database}.schema_migrations` }
}

/** `npm test` builds before it comes here; `npx vitest` alone may find nothing. */
function buildIfMissing(): void {
  const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
  if (!existsSync(at('dist/.built'))) spawnSync(process.execPath, [at('scripts/build.mjs')], { stdio: 'inherit' })
}

/** Most of a log that is new are zeros, which need no room where `cp` knows how. */
function copied(data: string, copy: string): string {
  const sparse = spawnSync('cp', ['-Rp', '--sparse=always', data, copy], { stdio: 'ignore' })
  if (sparse.status !== 0) {
    rmSync(copy, { recursive: true, force: true })
    execFileSync('cp', ['-Rp', data, copy])
  }
  return copy
}

/** If this process is killed, a shell that waits for its end stops the server and removes its home. */
function watchOver(home: string, pidFile: string): () => void {
  const script =
    'while read -r _; do :; done; pid=$(cat "$2" 2>/dev/null) && kill -9 "$pid" 2>/dev/null; sleep 0.5; rm -rf "$1"'
  const shell = spawn('sh', ['-c', script, 'sh', home, pidFile], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.unref()
  return () => shell.kill('SIGKILL')
}
